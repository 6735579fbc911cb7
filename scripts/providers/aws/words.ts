import { asIs, typed } from '../../report/typed.js'
import { THEN, type CloudWords } from '../cloud-words.js'

export const awsWords: CloudWords = {
  title: 'AWS',
  project: 'project',
  logIn:
    'aws configure sso && aws sso login    # or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; then run the same command again',
  logInAgain:
    'aws sso login    # or correct the AWS_* variables; if they are right, check the clock. Then run the same command again',
  nameProject: 'export AWS_PROFILE=…    # then run the same command again',
  namingAccount: (account) => typed`AWS_PROFILE=PROFILE_OF_${account}`,
  requestQuota:
    'aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value N',
  ruler: 'whoever manages the policies of the AWS organisation, user or role',
  rules: [
    /tag key: '([^']+)'/,
    /(arn:aws[\w-]*:(?:organizations|iam):[\w:/.+=,@-]+policy\/[\w/.+=,@-]+)/,
    /explicit deny in (?:an?|the) ([a-z-]+(?: [a-z]+)*? (?:policy|boundary))/,
    /((?:service|resource) control policy|permissions boundary)/,
  ],
  wishIn: 'rule',
  openAccount:
    "Ask the account's owner to look for mail from AWS, or open a case: https://console.aws.amazon.com/support",
  acceptTerms: 'Subscribe to it in the AWS Marketplace, and run the same command again.',
  advice: [
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
  images: {
    nameTaken: ({ id, region = '' }) =>
      typed`aws ec2 deregister-image --image-id ${id} --region ${region}    # if no one needs it; ${asIs(THEN)}`,
  },
}
