import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { sshAlias } from '../machine/ssh-config.js'
import { remoteCommand } from '../machine/remote.js'
import { runInteractive, RunError } from '../run.js'
import { rearm } from './expiry.js'
import { assertHere } from './here.js'
import { requireIdentity, targetOf, writeLabSshConfig } from './reach.js'
import { labNameOf, machineOf, requireLab } from './target.js'

/** An OpenSSH session on our own terminal; needs no lease, because it must never wait for one. */
export async function openSession(
  context: Context,
  positional: string | undefined,
  machineName: string | undefined,
  words: readonly string[],
): Promise<number> {
  const lab = await requireLab(context, labNameOf(context, positional))
  if (lab.state === 'destroyed') throw new LabError({ code: 'lab-not-ready', lab: lab.lab, state: lab.state })
  assertHere(context, lab)
  await rearm(context, lab)
  const machine = machineOf(lab, machineName)
  const identity = await requireIdentity(context, lab)
  targetOf(context, lab, machine, identity)
  const config = await writeLabSshConfig(context, lab, identity)
  const command = words.length === 0 ? [] : ['--', remoteCommand(words)]
  try {
    const terminal = words.length > 0 && isAtTerminal() ? ['-t'] : []
    return await runInteractive('ssh', [
      '-F',
      config,
      ...terminal,
      sshAlias(lab.lab, machine.name),
      ...command,
    ])
  } catch (error) {
    if (error instanceof RunError) throw new LabError({ code: 'ssh-program-missing' }, { cause: error })
    throw error
  }
}

/** With a terminal on the machine both output streams become one, and lines end differently: not for a pipe or a file. */
const isAtTerminal = (): boolean =>
  [process.stdin, process.stdout, process.stderr].every(({ isTTY }) => isTTY)
