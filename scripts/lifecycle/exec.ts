import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { connectOnce, SshError, type Connection } from '../machine/connect.js'
import { remoteCommand, runRemote, type RemoteOptions } from '../machine/remote.js'
import { endAbandonedUse, throughGate } from './gate.js'
import { requireIdentity, targetOf } from './reach.js'
import { labNameOf, machineOf, requireLab } from './target.js'

export interface ExecRequest {
  readonly lab: string | undefined
  readonly machine: string | undefined
  readonly words: readonly string[]
  readonly streams: Pick<RemoteOptions, 'onStdout' | 'onStderr' | 'stdin'>
}

/** Generous: it is known to be up, and without KVM a login takes a second. */
const TIMEOUTS = { banner: 10_000, login: 30_000 }

/** Runs a command on a machine of a ready lab, in state `in-use` under the lease, and returns its exit code. */
export async function execute(context: Context, request: ExecRequest): Promise<number> {
  const name = labNameOf(context, request.lab)
  assertReady(await requireLab(context, name))
  return throughGate(context, name, 'exec', async (session) => {
    const { writer, signal } = session
    const lab = await endAbandonedUse(session)
    if (lab?.state !== 'ready')
      throw new LabError({ code: 'lab-not-ready', lab: name, state: lab?.state ?? 'gone' })
    const machine = machineOf(lab, request.machine)
    const target = targetOf(context, lab, machine, await requireIdentity(context, lab))
    const inUse = await writer.transition(lab, 'in-use')
    let connection: Connection | undefined
    try {
      connection = await connectOnce(target, TIMEOUTS, signal)
      return await runRemote(connection, remoteCommand(request.words), { ...request.streams, signal })
    } catch (error) {
      if (!(error instanceof SshError)) throw error
      throw new LabError(
        { code: 'ssh-failed', lab: name, machine: machine.name, reason: error.reason },
        { cause: error },
      )
    } finally {
      connection?.end()
      await writer.transition(inUse, 'ready', { finish: true })
    }
  })
}

/** `in-use` is somebody's `exec`: its end is waited for at the gate. */
function assertReady(lab: AnyLab): void {
  if (lab.state !== 'ready' && lab.state !== 'in-use') {
    throw new LabError({ code: 'lab-not-ready', lab: lab.lab, state: lab.state })
  }
}
