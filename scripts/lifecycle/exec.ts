import type { AnyLab, Lab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { connectOnce, isKeyRefused, SshError, type Connection } from '../machine/connect.js'
import { remoteCommand, runRemote, type RemoteOptions } from '../machine/remote.js'
import { runLocal } from './exec-local.js'
import { endAbandonedUse, throughGate, type Session } from './gate.js'
import { keyNotOnLab, requireIdentity, targetOf } from './reach.js'
import { labNameOf, machineOf, requireLab } from './target.js'

export interface ExecRequest {
  readonly lab: string | undefined
  /** `local`: on this computer, where distrolab's commands inherit the lease. */
  readonly place: 'local' | { readonly machine: string | undefined }
  readonly words: readonly string[]
  readonly streams: Pick<RemoteOptions, 'onStdout' | 'onStderr' | 'stdin'>
}

/** Generous: it is known to be up, and without KVM a login takes a second. */
const TIMEOUTS = { banner: 10_000, login: 30_000 }

type Usable = Lab<'ready' | 'in-use'>

/** Runs a command while the lab is `in-use` under the lease, and returns its exit code. */
export async function execute(context: Context, request: ExecRequest): Promise<number> {
  const name = labNameOf(context, request.lab)
  assertUsable(await requireLab(context, name))
  return throughGate(context, name, 'exec', async (session) => {
    const { writer } = session
    const lab = await endAbandonedUse(session)
    if (lab === undefined) throw new LabError({ code: 'lab-not-ready', lab: name, state: 'gone' })
    assertUsable(lab)
    const { place } = request
    const use =
      place === 'local' ? () => runLocal(session, request) : await onMachine(session, lab, place, request)
    // In use already: by the `exec` that lends us its lease, which also ends it.
    if (lab.state === 'in-use') return use()
    await writer.transition(lab, 'in-use')
    try {
      return await use()
    } finally {
      await writer.endUse()
    }
  })
}

/** Before the gate, `in-use` is somebody's `exec`: its end is waited for there. */
function assertUsable(lab: AnyLab): asserts lab is AnyLab & Usable {
  if (lab.state === 'ready' || lab.state === 'in-use') return
  throw new LabError({ code: 'lab-not-ready', lab: lab.lab, state: lab.state })
}

/** Finds out all that can be wrong before the lab is in use. */
async function onMachine(
  { context, signal }: Session,
  lab: Usable,
  place: { readonly machine: string | undefined },
  { words, streams }: ExecRequest,
): Promise<() => Promise<number>> {
  const machine = machineOf(lab, place.machine)
  const identity = await requireIdentity(context, lab)
  const target = targetOf(context, lab, machine, identity)
  return async () => {
    let connection: Connection | undefined
    try {
      connection = await connectOnce(target, TIMEOUTS, signal)
      return await runRemote(connection, remoteCommand(words), { ...streams, signal })
    } catch (error) {
      if (!(error instanceof SshError)) throw error
      if (isKeyRefused(error)) throw keyNotOnLab(lab, identity, error)
      const { reason } = error
      throw new LabError(
        { code: 'ssh-failed', lab: lab.lab, machine: machine.name, reason },
        { cause: error },
      )
    } finally {
      connection?.end()
    }
  }
}
