import type { CloudName } from '../../distro-catalog/provider.js'
import type { CloudFault } from '../providers/faults.js'
import { EXIT, logNote, withRunbook, type Explanations } from './explanation.js'
import { asIs, typed } from '../report/typed.js'
import { credentialAdvice } from './credential-advice.js'
import { refusalExplanations, TITLE } from './refusal-faults.js'

const LOG_IN: Readonly<Record<CloudName, string>> = {
  aws: 'aws configure sso && aws sso login    # or set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; then run the same command again',
  azure:
    'az login    # or set ARM_CLIENT_ID, ARM_CLIENT_SECRET, ARM_TENANT_ID; and ARM_SUBSCRIPTION_ID; then run the same command again',
  google:
    'gcloud auth application-default login    # or set GOOGLE_APPLICATION_CREDENTIALS; then run the same command again',
}

const NAME_PROJECT: Readonly<Record<CloudName, string>> = {
  aws: 'export AWS_PROFILE=…    # then run the same command again',
  azure:
    'export ARM_SUBSCRIPTION_ID=$(az account show --query id -o tsv)    # then run the same command again',
  google: 'export GOOGLE_PROJECT=$(gcloud config get-value project)    # then run the same command again',
}

export const cloudExplanations: Explanations<CloudFault> = {
  ...refusalExplanations,
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
  'cloud-image-terms': ({ publisher, offer, plan }) => ({
    message: `The image ${publisher}:${offer}:${plan} costs nothing, but has terms that somebody has to accept once for the subscription. Nothing was made.`,
    hint: typed`az vm image terms accept --publisher ${publisher} --offer ${offer} --plan ${plan}    # then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'network-unfit': ({ provider, network, reason }) => ({
    message: `--network ${network}: ${reason}. Nothing was made.`,
    hint: `Name another network of ${TITLE[provider]}, or have one made for the lab: --network own`,
    exitCode: EXIT.usage,
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
  'cloud-failed': ({ provider, reason, lab, log }) => ({
    message: `${TITLE[provider]} refused, in words that distrolab does not know: ${reason}`,
    hint: withRunbook(
      lab === undefined
        ? typed`distrolab docs ${provider}    # what machines need there; for the words above, ask the documentation of ${asIs(TITLE[provider])}.${asIs(logNote(log))}`
        : typed`distrolab recover ${lab}    # shows what was made, and how to go on or to remove it.${asIs(logNote(log))}`,
      'stuck-state',
    ),
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
