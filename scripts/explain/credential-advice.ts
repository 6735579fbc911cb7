import type { CloudName } from '../../distro-catalog/provider.js'

const THEN = 'then run the same command again'

/** What the libraries of a cloud say of credentials that can't be had, and what is typed then; first match wins. */
const ADVICE: Readonly<Record<CloudName, readonly (readonly [RegExp, string])[]>> = {
  aws: [
    [
      /multi-factor|MFA/,
      `aws sts get-session-token --serial-number ARN --token-code CODE    # there is no prompt for a code here: put what it prints into AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, unset AWS_PROFILE, ${THEN}`,
    ],
    [
      /credential_process/,
      `aws configure get credential_process    # run that line by hand until it prints credentials, ${THEN}`,
    ],
    [
      /Detected a cycle/,
      `aws configure get source_profile    # break the cycle of the profiles named above in ~/.aws/config, ${THEN}`,
    ],
    [
      /using profile: \[|sso_region|Sso session '|credential source|invalid SSO credentials/,
      `aws configure list-profiles    # correct AWS_PROFILE, or the profile's source_profile or sso_session in ~/.aws/config; ${THEN}`,
    ],
    [/SSO session|Token is expired|portal\.sso|UnauthorizedException/, `aws sso login    # ${THEN}`],
    [/aws login|login_session|login\/cache|reauthenticate/i, `aws login    # ${THEN}`],
    [
      /Token expired: current date|web identity|WebIdentity|IdentityToken|token file|open '[^']*'|AWS_WEB_IDENTITY_TOKEN_FILE/,
      `echo "$AWS_WEB_IDENTITY_TOKEN_FILE"    # or web_identity_token_file of the profile: let the CI service or Kubernetes write a new token there, ${THEN}`,
    ],
    [
      /sts:AssumeRole|AssumeRole/,
      `aws sts get-caller-identity    # let that identity assume the role of the profile, ${THEN}`,
    ],
  ],
  google: [
    [
      /impersonate|iam\.serviceAccounts\.getAccessToken|iamcredentials/,
      `echo "$GOOGLE_IMPERSONATE_SERVICE_ACCOUNT"    # grant yourself roles/iam.serviceAccountTokenCreator on that account, ${THEN}`,
    ],
    [
      /GOOGLE_APPLICATION_CREDENTIALS|GOOGLE_CREDENTIALS|no file of credentials|no usable credentials|Invalid JWT|account not found|DECODER|not valid JSON|in JSON at position|^E[A-Z]+: |lstat '|external_account|credential_source|subject token|No such file or directory.*credentials|the file at .* does not exist/i,
      `ls -l "$GOOGLE_APPLICATION_CREDENTIALS"    # point it at an existing credentials file, or unset it and run: gcloud auth application-default login; ${THEN}`,
    ],
  ],
  azure: [
    [
      /Azure CLI could not be found/,
      `which az    # install the Azure CLI, or set ARM_CLIENT_ID, ARM_TENANT_ID and ARM_CLIENT_SECRET; ${THEN}`,
    ],
    [/az login/, `az login    # ${THEN}`],
    [
      /ARM_OIDC_TOKEN_FILE_PATH|AZURE_FEDERATED_TOKEN_FILE|ARM_OIDC_TOKEN/,
      `ls -l "\${ARM_OIDC_TOKEN_FILE_PATH:-$AZURE_FEDERATED_TOKEN_FILE}"    # let the CI service or Kubernetes write a new token there, ${THEN}`,
    ],
    [
      /AADSTS(7000215|7000222|700016)/,
      `az ad app credential reset --id "$ARM_CLIENT_ID"    # put the new secret into ARM_CLIENT_SECRET, ${THEN}`,
    ],
    [
      /AADSTS(90002|900023|900021)|ARM_TENANT_ID/,
      `az account show --query tenantId -o tsv    # put it into ARM_TENANT_ID, ${THEN}`,
    ],
  ],
}

/** What is typed where these words tell why credentials can't be had; undefined where they do not. */
export const credentialAdvice = (cloud: CloudName, words: string): string | undefined =>
  ADVICE[cloud].find(([pattern]) => pattern.test(words))?.[1]
