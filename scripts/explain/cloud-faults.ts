import type { CloudName } from '../../distro-catalog/provider.js'
import type { CloudFault } from '../clouds/faults.js'
import { EXIT, withRunbook, type Explanations } from './explanation.js'
import { asIs, typed } from '../report/typed.js'
import { credentialAdvice } from './credential-advice.js'

const TITLE: Readonly<Record<CloudName, string>> = { aws: 'AWS', azure: 'Azure', google: 'Google Cloud' }

const LOG_IN: Readonly<Record<CloudName, string>> = {
  aws: 'aws configure sso && aws sso login    # or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; then run the same command again',
  azure:
    'az login    # or set ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_TENANT_ID; and ARM_SUBSCRIPTION_ID; then run the same command again',
  google:
    'gcloud auth application-default login    # or set GOOGLE_APPLICATION_CREDENTIALS; then run the same command again',
}

const LOG_IN_AGAIN: Readonly<Record<CloudName, string>> = {
  aws: 'aws sso login    # or new values of the AWS_* variables; if they are right, is the clock? Then run the same command again',
  azure:
    'az login    # or new values of the ARM_* variables; is ARM_SUBSCRIPTION_ID one of `az account list`? Then run the same command again',
  google: 'gcloud auth application-default login    # then run the same command again',
}

const REQUEST_QUOTA: Readonly<Record<CloudName, string>> = {
  aws: 'aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value N',
  azure: 'az quota list --scope /subscriptions/S/providers/Microsoft.Compute/locations/REGION',
  google: 'gcloud compute regions describe REGION --format="table(quotas)"',
}

const NAME_PROJECT: Readonly<Record<CloudName, string>> = {
  aws: 'export AWS_PROFILE=…    # then run the same command again',
  azure:
    'export ARM_SUBSCRIPTION_ID=$(az account show --query id -o tsv)    # then run the same command again',
  google: 'export GOOGLE_PROJECT=$(gcloud config get-value project)    # then run the same command again',
}

/** The line that switches the service on, for the very service and project that the cloud named. */
function switchOn(provider: CloudName, reason: string): string {
  if (provider === 'azure') {
    const [, namespace = 'Microsoft.Compute'] = /namespace '([\w.]+)'/.exec(reason) ?? []
    return typed`az provider register --namespace ${namespace} --wait`
  }
  const [, project = 'PROJECT'] = /in project (\S+) before|project[=/]([\w-]+)/.exec(reason) ?? []
  return typed`gcloud services enable compute.googleapis.com --project ${project}`
}

/** A proxy that opens TLS has an authority of its own, in Node's words or in Go's. */
const networkAdvice = (reason: string): string =>
  /self.signed certificate|unable to (get|verify)|issuer certificate|unknown authority/i.test(reason)
    ? "export NODE_EXTRA_CA_CERTS=FILE    # the certificate of your network's authority, as PEM; then run the same command again"
    : 'Check the network, and HTTPS_PROXY if there is a proxy; then run the same command again.'

export const cloudExplanations: Explanations<CloudFault> = {
  'cloud-credentials-missing': ({ provider, sought }) => ({
    message: `There are no credentials for ${TITLE[provider]} here: ${sought}. Nothing was made, nothing recorded.`,
    hint: withRunbook(LOG_IN[provider], 'expired-credentials'),
    exitCode: EXIT.credentials,
  }),
  'cloud-credentials-unusable': ({ provider, reason }) => ({
    message: `The credentials for ${TITLE[provider]} cannot be used: ${reason}`,
    hint: withRunbook(credentialAdvice(provider, reason) ?? LOG_IN[provider], 'expired-credentials'),
    exitCode: EXIT.credentials,
  }),
  'cloud-project-missing': ({ provider, sought }) => ({
    message: `There are credentials for ${TITLE[provider]}, but no ${provider === 'azure' ? 'subscription' : 'project'} to use them in: ${sought}. Nothing was made, nothing recorded.`,
    hint: NAME_PROJECT[provider],
    exitCode: EXIT.credentials,
  }),
  'cloud-service-disabled': ({ provider, reason }) => ({
    message: `Machines are not switched on for this account at ${TITLE[provider]}: ${reason}`,
    hint: typed`${asIs(switchOn(provider, reason))}    # then wait two minutes and run the same command again`,
    exitCode: EXIT.failed,
  }),
  'cloud-credentials-refused': ({ provider, reason }) => ({
    message: `${TITLE[provider]} does not take these credentials (any more): ${reason}`,
    hint: withRunbook(credentialAdvice(provider, reason) ?? LOG_IN_AGAIN[provider], 'expired-credentials'),
    exitCode: EXIT.credentials,
  }),
  'cloud-capacity': ({ provider, reason }) => ({
    message: `${TITLE[provider]} has no room for such a machine there now: ${reason}`,
    hint: withRunbook(
      typed`distrolab regions --provider ${provider}    # then down, and up with another --region or --instance-type`,
      'exhausted-quota',
    ),
    exitCode: EXIT.capacity,
  }),
  'cloud-quota': ({ provider, reason }) => ({
    message: `A quota of the account at ${TITLE[provider]} is used up: ${reason}`,
    hint: withRunbook(
      typed`distrolab list    # down what nobody needs, or take another --region; to have it raised: ${asIs(REQUEST_QUOTA[provider])}`,
      'exhausted-quota',
    ),
    exitCode: EXIT.capacity,
  }),
  'cloud-forbidden': ({ provider, reason }) => ({
    message: `These credentials may not do that at ${TITLE[provider]}: ${reason}`,
    hint: typed`distrolab docs ${provider}    # the rights that are needed; have them granted and run the same command again`,
    exitCode: EXIT.failed,
  }),
  'cloud-region-disabled': ({ provider, reason }) => ({
    message: `The credentials are valid, but this region does not take them: it has to be switched on for the account first. ${reason}`,
    hint: typed`distrolab regions --provider ${provider}    # take another --region, or: aws account enable-region --region-name REGION`,
    exitCode: EXIT.usage,
  }),
  'cloud-zone-unknown': ({ provider, reason }) => ({
    message: `${TITLE[provider]} has no such zone there for this account: ${reason}`,
    hint: 'distrolab down LAB    # then up with another --zone, or without one',
    exitCode: EXIT.usage,
  }),
  'cloud-throttled': ({ provider, reason }) => ({
    message: `${TITLE[provider]} refuses because the account asks too often: ${reason}`,
    hint: 'Wait a minute and run the same command again.',
    exitCode: EXIT.failed,
  }),
  'cloud-unreachable': ({ provider, reason }) => ({
    message: `${TITLE[provider]} can't be reached: ${reason}`,
    hint: withRunbook(networkAdvice(reason), 'dropped-network'),
    exitCode: EXIT.failed,
  }),
  'cloud-image-gone': ({ provider, reason }) => ({
    message: `The image that the lab was made from is not at ${TITLE[provider]} any more: ${reason}`,
    hint: 'distrolab swap LAB DISTRO    # makes its machines from a newer one; or down and up',
    exitCode: EXIT.failed,
  }),
  'cloud-terms': ({ provider, reason }) => ({
    message: `The image has terms that the account at ${TITLE[provider]} has not accepted: ${reason}`,
    hint:
      provider === 'azure'
        ? 'az vm image terms accept --urn PUBLISHER:OFFER:SKU:VERSION    # then run the same command again'
        : 'Subscribe to it in the AWS Marketplace, and run the same command again.',
    exitCode: EXIT.failed,
  }),
  'cloud-image-terms': ({ publisher, offer, plan }) => ({
    message: `The image ${publisher}:${offer}:${plan} costs nothing, but has terms that somebody has to accept once for the subscription. Nothing was made.`,
    hint: typed`az vm image terms accept --publisher ${publisher} --offer ${offer} --plan ${plan}    # then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'cloud-image-missing': ({ provider, distro, region, selector }) => ({
    message: `${TITLE[provider]} has no image of ${distro} in ${region}: nothing matches ${selector}.`,
    hint: 'Take another --region; if it is nowhere, the catalog is out of date: distro-catalog/README.md',
    exitCode: EXIT.failed,
  }),
  'cloud-image-elsewhere': ({ provider, image, region, has }) => ({
    message: `The image can be used in ${has} only, not in ${region}: ${image}`,
    hint: typed`distrolab down LAB    # then up with --region ${has}, or with that as \`region\` in the configuration file; ${asIs(TITLE[provider])} keeps an imported image in one region`,
    exitCode: EXIT.failed,
  }),
  'cloud-failed': ({ provider, reason }) => ({
    message: `${TITLE[provider]} refused: ${reason}`,
    hint: withRunbook('Run the same command again; -v shows more.', 'stuck-state'),
    exitCode: EXIT.failed,
  }),
  'cloud-machine-missing': ({ provider, machine }) => ({
    message: `There is no machine ${machine} at ${TITLE[provider]} that could be changed.`,
    hint: 'distrolab up LAB    # makes it again',
    exitCode: EXIT.failed,
  }),
  'caller-unknown': ({ asked, reason }) => ({
    message: `SSH would be opened to this computer only, but its address is not known: ${asked.join(' and ')} did not tell it (${reason}). It is never opened to everybody instead.`,
    hint: 'Name the networks that may reach SSH: --allow-from 203.0.113.7/32',
    exitCode: EXIT.usage,
  }),
}
