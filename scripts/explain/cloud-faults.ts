import { clouds } from '../providers/clouds.js'
import type { CloudFault } from '../providers/faults.js'
import { EXIT, logNote, withRunbook, type Explanations } from './explanation.js'
import { asIs, typed } from '../report/typed.js'
import { credentialAdvice } from './credential-advice.js'
import { refusalExplanations, TITLE } from './refusal-faults.js'

export const cloudExplanations: Explanations<CloudFault> = {
  ...refusalExplanations,
  'cloud-credentials-missing': ({ provider, sought }) => ({
    message: `No credentials for ${TITLE[provider]} were found: ${sought}. Nothing was created or recorded.`,
    hint: withRunbook(clouds[provider].words.logIn, 'expired-credentials'),
    exitCode: EXIT.credentials,
  }),
  'cloud-credentials-unusable': ({ provider, reason }) => ({
    message: `The credentials for ${TITLE[provider]} cannot be used: ${reason}`,
    hint: withRunbook(
      credentialAdvice(clouds[provider].words, reason) ?? clouds[provider].words.logIn,
      'expired-credentials',
    ),
    exitCode: EXIT.credentials,
  }),
  'cloud-project-missing': ({ provider, sought }) => ({
    message: `Credentials for ${TITLE[provider]} were found, but no ${clouds[provider].words.project} to use them in: ${sought}. Nothing was created or recorded.`,
    hint: clouds[provider].words.nameProject,
    exitCode: EXIT.credentials,
  }),
  'cloud-image-terms': ({ publisher, offer, plan }) => ({
    message: `The image ${publisher}:${offer}:${plan} is free, but its terms must be accepted once for the subscription. Nothing was created.`,
    hint: typed`az vm image terms accept --publisher ${publisher} --offer ${offer} --plan ${plan}    # then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'network-unfit': ({ provider, network, reason }) => ({
    message: `--network ${network}: ${reason}. Nothing was created.`,
    hint: `Choose another network of ${TITLE[provider]}, or have one created for the lab: --network own`,
    exitCode: EXIT.usage,
  }),
  'cloud-image-missing': ({ provider, distro, region, selector }) => ({
    message: `${TITLE[provider]} has no image of ${distro} in ${region}: nothing matches ${selector}.`,
    hint: 'Choose another --region. If no region has it, the catalog is out of date: distro-catalog/README.md',
    exitCode: EXIT.failed,
  }),
  'cloud-image-elsewhere': ({ provider, image, region, has }) => ({
    message: `The image can only be used in ${has}, not in ${region}: ${image}`,
    hint: typed`distrolab down LAB    # then up with --region ${has}, or with that as \`region\` in the configuration file; ${asIs(TITLE[provider])} keeps an imported image in one region`,
    exitCode: EXIT.failed,
  }),
  'cloud-failed': ({ provider, reason, lab, log }) => ({
    message: `${TITLE[provider]} refused with a message that distrolab does not recognise: ${reason}`,
    hint: withRunbook(
      lab === undefined
        ? typed`distrolab docs ${provider}    # what machines need there; for the message above, see the documentation of ${asIs(TITLE[provider])}.${asIs(logNote(log))}`
        : typed`distrolab recover ${lab}    # shows what exists, and how to continue or remove it.${asIs(logNote(log))}`,
      'stuck-state',
    ),
    exitCode: EXIT.failed,
  }),
  'cloud-machine-missing': ({ provider, machine }) => ({
    message: `The machine ${machine} does not exist at ${TITLE[provider]}.`,
    hint: 'distrolab up LAB    # recreates it',
    exitCode: EXIT.failed,
  }),
  'caller-unknown': ({ asked, reason }) => ({
    message: `${asked.join(' and ')} could not determine this computer's public address: ${reason}. SSH is never opened to the whole internet instead.`,
    hint: 'Name the networks that may reach SSH: --allow-from 203.0.113.7/32',
    exitCode: EXIT.usage,
  }),
}
