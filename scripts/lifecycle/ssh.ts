import { ownUserId, ownUserName } from '../../backend/own-user.js'
import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import type { SshTarget } from '../machine/connect.js'
import { sshAlias } from '../machine/ssh-config.js'
import { remoteCommand } from '../machine/remote.js'
import { runsHere } from '../providers/registry.js'
import { runInteractive, RunError } from '../run.js'
import { asTyped } from '../report/as-typed.js'
import { connectToLab } from '../lab/connect-lab.js'
import { rearm } from '../lab/expiry.js'
import { assertHere } from '../lab/here.js'
import { requireIdentity, targetOf, writeLabSshConfig } from '../lab/reach.js'
import { assertNotStopped } from '../lab/stopped.js'
import { assertNotDestroyed, labNameOf, machineOf, requireLab } from '../lab/target.js'

/** An OpenSSH session on our own terminal; takes no lease, because it must never wait for one. */
export async function openSession(
  context: Context,
  positional: string | undefined,
  machineName: string | undefined,
  words: readonly string[],
): Promise<number> {
  const lab = await requireLab(context, labNameOf(context, positional))
  assertNotDestroyed(lab)
  assertHere(context, lab)
  if (ownUserName() === undefined)
    throw new LabError({ code: 'user-nameless', lab: lab.lab, uid: ownUserId() })
  await rearm(context, lab)
  const machine = machineOf(lab, machineName)
  const identity = await requireIdentity(context, lab)
  const target = targetOf(context, lab, machine, identity)
  if (runsHere(lab.provider)) await assertNotStopped(lab, machine)
  const config = await writeLabSshConfig(context, lab, identity)
  const command = words.length === 0 ? [] : ['--', remoteCommand(words)]
  try {
    const terminal = words.length > 0 && isAtTerminal() ? ['-t'] : []
    const alias = sshAlias(lab.lab, machine.name)
    const exitCode = await runInteractive('ssh', ['-F', config, ...terminal, alias, ...command])
    if (exitCode === SSH_FAILED && runsHere(lab.provider)) await sayWhyNot(context, lab, target)
    return exitCode
  } catch (error) {
    if (error instanceof RunError) throw new LabError({ code: 'ssh-program-missing' }, { cause: error })
    throw error
  }
}

/** ssh(1) uses this code for its own failures; a command may use it too. */
const SSH_FAILED = 255

/** What ssh itself cannot know about a local VM, and the command that helps; empty if SSH works. */
async function sayWhyNot(context: Context, lab: AnyLab, target: SshTarget): Promise<void> {
  try {
    const { signal } = context.interrupt
    const connection = await connectToLab(lab, target, { banner: 5_000, login: 15_000 }, signal)
    connection.end()
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    const { message, hint } = explain(error)
    context.progress.say(`${message}\nNext:  ${asTyped(hint, context.env.viaNpm)}`)
  }
}

/**
 * With a terminal on the machine both output streams become one, and lines end differently, so a pipe or a
 * file gets none.
 */
const isAtTerminal = (): boolean =>
  [process.stdin, process.stdout, process.stderr].every(({ isTTY }) => isTTY)
