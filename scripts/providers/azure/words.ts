import { MAKE_ACCOUNT, MAKE_CONTAINER } from '../../explain/container-lines.js'
import { typed } from '../../report/typed.js'
import { THEN, type CloudWords } from '../cloud-words.js'

export const azureWords: CloudWords = {
  title: 'Azure',
  project: 'subscription',
  logIn:
    'az login    # or set ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_TENANT_ID; and ARM_SUBSCRIPTION_ID; then run the same command again',
  logInAgain:
    'az login    # or correct the ARM_* variables; `az account list` must show ARM_SUBSCRIPTION_ID. Then run the same command again',
  nameProject:
    'export ARM_SUBSCRIPTION_ID=$(az account show --query id -o tsv)    # then run the same command again',
  namingAccount: (account) => typed`ARM_SUBSCRIPTION_ID=${account}`,
  requestQuota: 'az quota list --scope /subscriptions/S/providers/Microsoft.Compute/locations/REGION',
  ruler: 'an Owner or a Resource Policy Contributor of the scope of the policy',
  showRule: () => 'az policy assignment list --disable-scope-strict-match',
  rules: [
    /"policyAssignment": ?\{"name": ?"([^"]+)"/,
    /deny assignment with name '([^']+)'/,
    /policyAssignments\/([\w.-]+)/,
    /policyDefinitions\/([\w.-]+)/,
  ],
  wishIn: 'rule',
  showLocks: (group) => typed`az lock list --resource-group ${group}`,
  openAccount: 'az account show --query state    # the owner of the subscription can enable it in the portal',
  switchOn: (reason) => {
    const [, namespace = 'Microsoft.Compute'] = /namespace '([\w.]+)'/.exec(reason) ?? []
    return typed`az provider register --namespace ${namespace} --wait`
  },
  acceptTerms:
    'az vm image terms accept --urn PUBLISHER:OFFER:SKU:VERSION    # then run the same command again',
  advice: [
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
  images: {
    placeNeeded: (line, got) => ({
      message: `A disk reaches Azure through a container of a storage account in the region of the machines; ${
        got === undefined ? 'none was given' : `"${got}" does not name one`
      }.`,
      hint: [
        `${line} --bucket https://ACCOUNT.blob.core.windows.net/CONTAINER    # or DISTROLAB_BUCKET; if there is none yet:`,
        MAKE_ACCOUNT('ACCOUNT'),
        MAKE_CONTAINER('ACCOUNT', 'CONTAINER'),
      ].join('\n  '),
    }),
    nameTaken: ({ id, distro }) =>
      typed`distrolab up --profile ${distro}-azure    # may use it as it is; otherwise: az image delete --ids ${id}`,
  },
}
