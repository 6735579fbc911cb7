import type { ExistingFault } from '../providers/existing-faults.js'
import { typed } from '../report/typed.js'
import { EXIT, type Explanations } from './explanation.js'

const CANNOT = {
  reset: 'be reset',
  swap: 'get another distro',
  stop: 'be stopped',
  start: 'be started',
} as const

export const existingExplanations: Explanations<ExistingFault> = {
  'not-offered': ({ lab, provider, verb }) => ({
    message: `${lab} cannot ${CANNOT[verb]}: its provider is ${provider}, and distrolab did not make its machines. Nothing was changed.`,
    hint: typed`distrolab down ${lab}    # forgets the lab; its machines stay as they are`,
    exitCode: EXIT.usage,
  }),
  'console-absent': ({ lab, machine, provider }) => ({
    message: `${lab}/${machine} has no console that distrolab can show: its provider is ${provider}, and distrolab did not make the machine.`,
    hint: typed`distrolab ssh ${lab} --machine ${machine}    # reaches it over SSH`,
    exitCode: EXIT.usage,
  }),
  'machines-needed': ({ profile, provider, distro }) => ({
    message: `${profile} names no machines: a lab of ${provider} is made of machines that exist already. Only a profile of your own can name them: {provider: ${provider}, distro: ${distro}, machines: [{address, user}]}.`,
    hint: typed`distrolab docs ${provider}    # how to write such a profile`,
    exitCode: EXIT.usage,
  }),
  'own-key-needed': ({ profile, provider }) => ({
    message: `A lab of ${provider} needs a key of yours: distrolab installs no key on machines that it did not make.`,
    hint: typed`distrolab up --profile ${profile} --ssh-key PATH    # a key that the machine's authorized_keys already accepts`,
    exitCode: EXIT.usage,
  }),
  'machines-differ': ({ lab, machine, profile, has, configured }) => ({
    message: `The record of ${lab} says that ${lab}/${machine} is ${has}; the profile ${profile} of the configuration names ${configured}. Nothing was contacted.`,
    hint: typed`distrolab down ${lab} && distrolab up ${lab} --profile ${profile}    # if the configuration is right`,
    exitCode: EXIT.usage,
  }),
}
