import type { SshFault } from '../errors.js'
import { EXIT, indented, withRunbook, type Explanations } from './explanation.js'
import type { NamesFault } from '../ssh-names/faults.js'
import { namesExplanations } from './names-faults.js'
import { typed } from '../report/typed.js'

export const consoleEnd = (console: string): string =>
  console === '' ? '' : `\nThe end of its console:${indented(console.split('\n'))}`

/** Twice as long, in whole minutes. */
export const waitLonger = (lab: string, seconds: number): string =>
  typed`distrolab up ${lab} --wait-timeout ${`${Math.ceil(seconds / 30)}m`}    # keeps waiting, for longer`

export const sshExplanations: Explanations<SshFault | NamesFault> = {
  'port-in-use': ({ lab, port, there }) => ({
    message: `Port ${port} of this computer is in use, or reserved for root.`,
    hint: typed`distrolab forward ${lab} ${port < 55_536 ? port + 10_000 : port - 10_000}:${there}    # through another port`,
    exitCode: EXIT.failed,
  }),
  ...namesExplanations,
  'ssh-timeout': ({ lab, machine, seconds, lastSeen, console }) => ({
    message: `SSH on ${lab}/${machine} did not work within ${seconds} s; last seen: ${lastSeen}.${consoleEnd(console)}`,
    hint: withRunbook(waitLonger(lab, seconds), 'dropped-network'),
    exitCode: EXIT.timeout,
  }),
  'ssh-silent': ({ lab, machine, reason, console }) => ({
    message: `${lab}/${machine} is running, but SSH does not answer: ${reason}. Its sshd may be off, or on another port.${consoleEnd(console)}`,
    hint: typed`distrolab reset ${lab}    # back to its baseline; if it is only starting: distrolab up ${lab}`,
    exitCode: EXIT.timeout,
  }),
  'ssh-failed': ({ lab, machine, reason }) => ({
    message: `SSH to ${lab}/${machine} failed: ${reason}.`,
    hint: withRunbook(typed`distrolab up ${lab}    # brings it back`, 'dropped-network'),
    exitCode: EXIT.failed,
  }),
  'ssh-program-missing': () => ({
    message: 'The ssh program was not found.',
    hint: 'distrolab doctor    # shows what is missing and how to install it',
    exitCode: EXIT.failed,
  }),
  'host-key-changed': ({ lab, machine, expected, got, isLocal }) => ({
    message: `${lab}/${machine} has a different host key than the pinned one; it may be a different machine:${indented([`pinned ${expected}`, `shown  ${got}`])}`,
    hint: isLocal
      ? typed`distrolab up ${lab}    # accepts the new key if the VM runs here; or back to its baseline: distrolab reset ${lab}`
      : typed`If you recreated it yourself: distrolab down ${lab} && distrolab up ${lab}`,
    exitCode: EXIT.failed,
  }),
}
