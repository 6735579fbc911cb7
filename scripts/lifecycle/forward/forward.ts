import { setTimeout as sleep } from 'node:timers/promises'
import { cleanLine } from '../../../backend/clean-text.js'
import { canBind } from '../../../local-vm/qemu/port.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import { connectToLab, KNOWN_TO_BE_UP } from '../../lab/connect-lab.js'
import { assertHere } from '../../lab/here.js'
import { requireIdentity, targetOf, writeLabSshConfig } from '../../lab/reach.js'
import { assertNotDestroyed, labNameOf, machineOf, requireLab } from '../../lab/target.js'
import { sshAlias } from '../../machine/ssh-config.js'
import { run, RunError } from '../../run.js'
import { forwardWords, parsePorts, type Forwarding } from './ports.js'

/** Forwards ports on 127.0.0.1 to a machine until the command is interrupted; takes no lease. */
export async function forward(
  context: Context,
  positional: string | undefined,
  named: string | undefined,
  given: readonly string[],
): Promise<void> {
  const ports = parsePorts(given)
  const lab = await requireLab(context, labNameOf(context, positional))
  assertNotDestroyed(lab)
  assertHere(context, lab)
  const machine = machineOf(lab, named)
  const identity = await requireIdentity(context, lab)
  const target = targetOf(context, lab, machine, identity)
  for (const { here, there } of ports)
    if (!(await canBind(here))) throw new LabError({ code: 'port-in-use', lab: lab.lab, port: here, there })
  const { signal } = context.interrupt
  // What is wrong is found out, and said, before ssh would only fail.
  const connection = await connectToLab(lab, target, KNOWN_TO_BE_UP, signal)
  connection.end()
  const config = await writeLabSshConfig(context, lab, identity)
  const options = ['-N', '-o', 'ExitOnForwardFailure=yes', '-o', 'BatchMode=yes']
  const words = ['-F', config, ...options, ...forwardWords(ports), sshAlias(lab.lab, machine.name)]
  const over = new AbortController()
  const shown = sayOnceOpen(context, `${lab.lab}/${machine.name}`, ports, over.signal)
  try {
    await run('ssh', words, { signal })
    throw lost(lab.lab, machine.name, 'the connection was closed')
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof RunError)) throw error
    if (error.failure.kind === 'spawn-failed')
      throw new LabError({ code: 'ssh-program-missing' }, { cause: error })
    throw lost(lab.lab, machine.name, cleanLine(error.failure.stderr) || 'ssh was ended', error)
  } finally {
    over.abort()
    await shown
  }
}

const lost = (lab: string, machine: string, reason: string, cause?: Error): LabError =>
  new LabError({ code: 'ssh-failed', lab, machine, reason }, { cause })

const LOOK_MS = 50

/** ssh says nothing once it listens. */
async function sayOnceOpen(
  { progress }: Context,
  machine: string,
  ports: readonly Forwarding[],
  over: AbortSignal,
): Promise<void> {
  for (const { here, there } of ports) {
    while (!over.aborted && (await canBind(here))) await sleep(LOOK_MS)
    if (over.aborted) return
    progress.say(`127.0.0.1:${here} leads to port ${there} of ${machine}`)
  }
  progress.say('Ctrl-C ends it.')
}
