import { shown } from '../../backend/forms.js'
import { wordsOf } from '../providers/clouds.js'
import type { LabFault } from '../errors.js'
import { driverExplanations } from './driver-faults.js'
import { cloudExplanations } from './cloud-faults.js'
import { existingExplanations } from './existing-faults.js'
import { engineExplanations } from './engine-faults.js'
import { didYouMean, EXIT, explainBy, indented, type Explanations, withRunbook } from './explanation.js'
import { consoleEnd, sshExplanations, waitLonger } from './ssh-faults.js'
import { execExplanations } from './exec-faults.js'
import { fixtureExplanations } from './fixture-faults.js'
import { setupExplanations } from './setup-faults.js'
import { meshExplanations } from './mesh-faults.js'
import { imageExplanations } from './image-faults.js'
import { networkExplanations } from './network-faults.js'
import { stopExplanations } from './stop-faults.js'
import { swapExplanations } from './swap-faults.js'
import { asIs, typed } from '../report/typed.js'

const agentState = (agent: boolean): string =>
  agent ? 'the ssh-agent does not hold it' : 'there is no ssh-agent (SSH_AUTH_SOCK is not set)'

const wayIn = (lab: string): string =>
  [
    typed`distrolab up ${lab} --ssh-key PATH    # if one of these keys is yours`,
    typed`distrolab down ${lab} && distrolab up ${lab}    # recreates it, with your key in authorizedKeys of the configuration`,
  ].join('\n  ')

export const labExplanations: Explanations<LabFault> = {
  usage: ({ problem, command, meant }) => ({
    message: problem,
    hint: `distrolab ${meant ?? `${command === undefined ? '' : `${command} `}--help`}`,
    exitCode: EXIT.usage,
  }),
  'config-invalid': ({ problems }) => ({
    message: `The configuration is not valid:${indented(
      problems.map(
        ({ file, field, expected, got, fix }) =>
          `${file}: ${field}: expected ${expected}, got ${got}${fix === undefined ? '' : `. ${fix}`}`,
      ),
    )}`,
    hint: 'Correct the fields named above; nothing was changed.',
    exitCode: EXIT.usage,
  }),
  'lab-unknown': ({ given, near }) => ({
    message: `There is no lab "${given}".${didYouMean(near)}`,
    hint: 'distrolab list --all    # every lab of this backend',
    exitCode: EXIT.notFound,
  }),
  'lab-name-invalid': ({ given }) => ({
    message: `"${given}" is not a valid lab name. It needs 1 to 40 of a-z, 0-9 and -, starts with a letter and does not end with -.`,
    hint: 'Choose another one with --name.',
    exitCode: EXIT.usage,
  }),
  'page-unknown': ({ given, near }) => ({
    message: `There is no page "${given}".${didYouMean(near)}`,
    hint: 'distrolab docs    # every page',
    exitCode: EXIT.notFound,
  }),
  'lab-of-other-profile': ({ lab, profile, asked }) => ({
    message: `The lab ${lab} is ${profile}, not ${asked}.`,
    hint: typed`distrolab up --profile ${asked} --name NAME    # creates another lab\n  or change this one: distrolab swap ${lab} --profile ${asked}`,
    exitCode: EXIT.usage,
  }),
  ...swapExplanations,
  ...networkExplanations,
  'lab-being-destroyed': ({ lab }) => ({
    message: `The destruction of ${lab} started and did not finish.`,
    hint: withRunbook(typed`distrolab down ${lab} && distrolab up ${lab}`, 'stuck-state'),
    exitCode: EXIT.failed,
  }),
  'lab-on-other-computer': ({ lab, user, host }) => ({
    message: `The VMs of ${lab} are on ${host}, where ${user} created them. This is another computer, container, user or DISTROLAB_HOME.`,
    hint: `Run the command there, or create a lab of your own with --name.`,
    exitCode: EXIT.failed,
  }),
  'other-account': ({ what, provider, account, given }) => ({
    message: `${what} is in the ${provider} account ${account}, but the credentials here are for ${given}, where none of it exists. Nothing was changed.`,
    hint: typed`export ${asIs(wordsOf(provider)?.namingAccount(account) ?? account)}    # then run the same command again`,
    exitCode: EXIT.credentials,
  }),
  'record-mismatch': ({ lab, field, expected, found }) => ({
    message: `The record of ${lab} does not match its name and this computer. ${field}: expected ${expected}, got ${shown(found)}. Nothing was touched.`,
    hint: withRunbook(
      'Correct the field; for a local lab, set the DISTROLAB_HOME it was created with. Then run the same command again.',
      'corrupted-record',
    ),
    exitCode: EXIT.failed,
  }),
  'lab-expired': ({ lab, expiresAt }) => ({
    message: `${lab} expired at ${expiresAt} and still exists.`,
    hint: typed`distrolab extend ${lab} && distrolab up ${lab}    # or remove it: distrolab down ${lab}`,
    exitCode: EXIT.failed,
  }),
  'lab-not-ready': ({ lab, state }) => ({
    message: `${lab} is ${state}.`,
    hint: withRunbook(typed`distrolab up ${lab}`, 'stuck-state'),
    exitCode: EXIT.failed,
  }),
  'machine-unknown': ({ lab, given, known }) => ({
    message: `${lab} has no machine "${given}"; it has ${known.join(', ')}.`,
    hint: '',
    exitCode: EXIT.notFound,
  }),
  'setting-fixed': ({ lab, setting, has, asked }) => ({
    message: `${setting}: ${lab} was created with ${has}, not ${asked}.`,
    hint: typed`Recreate it: distrolab down ${lab} && distrolab up ${lab} ${asIs(setting === '--spot' ? setting : typed`${asIs(setting)} ${asked}`)}`,
    exitCode: EXIT.usage,
  }),
  'expiry-fixed': ({ lab, expiresAt, asked }) => ({
    message: `--ttl: ${lab} expires ${expiresAt === null ? 'never' : `at ${expiresAt}`}, and up does not change that.`,
    hint: typed`distrolab extend ${lab} --ttl ${asked}`,
    exitCode: EXIT.usage,
  }),
  'size-fixed': ({ lab, has, asked }) => ({
    message: `${lab} has the instance type ${has}, not ${asked}.`,
    hint: typed`Recreate it: distrolab down ${lab} && distrolab up ${lab} --instance-type ${asked}`,
    exitCode: EXIT.usage,
  }),
  ...engineExplanations,
  ...cloudExplanations,
  ...existingExplanations,
  ...stopExplanations,
  ...imageExplanations,
  driver: ({ fault }) => explainBy(driverExplanations, fault),
  'driver-crashed': ({ verb, output }) => ({
    message: `The VM driver exited without an answer at ${verb}:${indented(output.trim().split('\n'))}`,
    hint: withRunbook('Run the same command again; -v shows more.', 'stuck-state'),
    exitCode: EXIT.failed,
  }),
  'prerequisites-missing': ({ missing, install }) => ({
    message: `Missing on this computer:${indented(missing.map(({ name, purpose }) => `${name}: ${purpose}`))}`,
    hint: `${install}\n  or let this command install them: --install-prerequisites`,
    exitCode: EXIT.failed,
  }),
  'prerequisites-not-installable': ({ reason, install }) => ({
    message: `The packages could not be installed: ${reason}`,
    hint: install,
    exitCode: EXIT.failed,
  }),
  'key-unreadable': ({ path, reason }) => ({
    message: `--ssh-key: ${path} is not a usable key: ${reason}.`,
    hint: 'Give an OpenSSH private key, or the .pub file of a key that your ssh-agent holds.',
    exitCode: EXIT.usage,
  }),
  'key-not-taken': ({ provider, key, given, takes }) => ({
    message: `${provider} does not accept keys of type ${given} (${key}). It accepts ${takes.join(' or ')}. Nothing was created or recorded.`,
    hint: 'ssh-keygen -t ed25519 -f ~/.ssh/id_ed25519    # then --ssh-key ~/.ssh/id_ed25519; without --ssh-key the lab gets a key of its own',
    exitCode: EXIT.usage,
  }),
  'key-passphrase': ({ path, agent }) => ({
    message: `--ssh-key: ${path} is protected by a passphrase. distrolab never prompts for one, and ${agentState(agent)}.`,
    hint: typed`ssh-add ${path}`,
    exitCode: EXIT.usage,
  }),
  'key-not-in-agent': ({ path, agent }) => ({
    message: `--ssh-key: ${path} is the public part of a key, and ${agentState(agent)}.`,
    hint: typed`ssh-add ${path.replace(/\.pub$/, '')}`,
    exitCode: EXIT.usage,
  }),
  'key-not-on-lab': ({ lab, path, takes }) => ({
    message: `${lab} does not accept the key ${path}; it accepts:${indented(takes)}`,
    hint: wayIn(lab),
    exitCode: EXIT.failed,
  }),
  'key-missing': ({ lab, takes }) => ({
    message: `No key on this computer opens ${lab}; it accepts:${indented(takes)}`,
    hint: withRunbook(wayIn(lab), 'lost-work-folder'),
    exitCode: EXIT.failed,
  }),
  'agent-unreachable': ({ socket, reason }) => ({
    message: `The ssh-agent at ${socket} does not answer: ${reason}.`,
    hint: 'Start it again, or unset SSH_AUTH_SOCK.',
    exitCode: EXIT.failed,
  }),
  'kernel-panic': ({ lab, machine, reason, console }) => ({
    message: `The kernel of ${lab}/${machine} panicked at every start: ${reason}.${consoleEnd(console)}`,
    hint: typed`distrolab up ${lab}    # starts it again\n  or recreate it: distrolab down ${lab} && distrolab up ${lab}`,
    exitCode: EXIT.failed,
  }),
  ...execExplanations,
  ...fixtureExplanations,
  ...meshExplanations,
  ...setupExplanations,
  ...sshExplanations,
  'cloud-init-failed': ({ lab, machine, errors }) => ({
    message: `cloud-init failed on ${lab}/${machine}:${indented(errors)}`,
    hint: typed`distrolab ssh ${lab} -- sudo tail -n 50 /var/log/cloud-init.log`,
    exitCode: EXIT.failed,
  }),
  'cloud-init-timeout': ({ lab, machine, seconds, stage }) => ({
    message: `cloud-init on ${lab}/${machine} did not finish within ${seconds} s; it was in its ${stage}.`,
    hint: waitLonger(lab, seconds),
    exitCode: EXIT.timeout,
  }),
  'clock-not-set': ({ lab, machine, reason }) => ({
    message: `The clock of ${lab}/${machine} could not be set: ${reason}.`,
    hint: typed`distrolab ssh ${lab} -- sudo date    # shows whether its user may set it`,
    exitCode: EXIT.failed,
  }),
  'no-free-port': () => ({
    message: 'No port on 127.0.0.1 is free to forward SSH.',
    hint: 'Stop some of the programs that listen there.',
    exitCode: EXIT.failed,
  }),
  leftovers: ({ lab, left }) => ({
    message: `${lab} was not completely removed; this still exists:${indented(left)}`,
    hint: withRunbook(typed`distrolab down ${lab}`, 'destroy-by-hand'),
    exitCode: EXIT.leftovers,
  }),
  'not-ours': ({ lab, foreign }) => ({
    message: `Nothing of ${lab} is left, but something else uses its names. It does not carry the marks of this lab and was left alone:${indented(foreign)}`,
    hint: withRunbook(
      'Find out whose it is. The lab itself can be recreated under another name: --name NAME',
      'not-ours',
    ),
    exitCode: EXIT.leftovers,
  }),
  'listing-failed': ({ reason }) => ({
    message: `The labs could not be listed, so none was destroyed. ${reason}`,
    hint: 'Run the same command again when the backend can be read.',
    exitCode: EXIT.failed,
  }),
  'session-unknown': () => ({
    message: '--session: no session is set.',
    hint: 'Set DISTROLAB_SESSION before `up` and before this command; in CI the run is the session.',
    exitCode: EXIT.usage,
  }),
  'not-confirmed': ({ command }) => ({
    message: `${command} was not confirmed; nothing was changed.`,
    hint: `distrolab ${command} --yes`,
    exitCode: EXIT.usage,
  }),
  'confirmation-needed': ({ command }) => ({
    message: `${command} needs confirmation, and there is no terminal to ask on. Nothing was changed.`,
    hint: `distrolab ${command} --yes`,
    exitCode: EXIT.usage,
  }),
  'folder-unwritable': ({ place, reason }) => ({
    message: `Cannot write to ${place}: ${reason}.`,
    hint: 'Make it writable, or choose another place with DISTROLAB_HOME or DISTROLAB_CACHE.',
    exitCode: EXIT.failed,
  }),
  'folder-lost': () => ({
    message: 'The folder that this command was started in has been removed.',
    hint: 'cd    # and run the same command again',
    exitCode: EXIT.usage,
  }),
  'user-nameless': ({ lab, uid }) => ({
    message: `OpenSSH works only for users with a name, and the user id ${uid} has none on this computer.`,
    hint: typed`distrolab exec ${lab} -- uptime    # exec needs no name; for ssh, start the container as a user of its /etc/passwd`,
    exitCode: EXIT.failed,
  }),
  interrupted: ({ signal }) => ({
    message: `Interrupted by ${signal}; what was done is recorded.`,
    hint: withRunbook('distrolab up LAB    # continues\n  distrolab down LAB    # removes it', 'stuck-state'),
    exitCode: signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated,
  }),
}
