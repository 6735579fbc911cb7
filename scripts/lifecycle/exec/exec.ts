import type { AnyLab, Lab } from '../../../backend/lab.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import { explain } from '../../explain.js'
import { onAllMachines, type StreamsOfAll } from './all-machines.js'
import { assertSourcesExist } from './flags.js'
import { runLocal } from './local.js'
import { execPart } from './part.js'
import { onMachine, type RemoteRequest } from './remote.js'
import { assertNotExpired } from '../../lab/expiry.js'
import { endAbandonedUse, throughGate } from '../../lab/gate.js'
import { assertHere } from '../../lab/here.js'
import { labNameOf, requireLab } from '../../lab/target.js'

export interface ExecRequest extends RemoteRequest {
  readonly lab: string | undefined
  /** `local`: on this computer, where distrolab commands inherit the lease. */
  readonly place: 'machine' | 'local'
  /** Undefined: on one machine. */
  readonly all?: StreamsOfAll | undefined
}

/** Runs a command while the lab is `in-use` under the lease, and returns its exit code. */
export async function execute(context: Context, request: ExecRequest): Promise<number> {
  const name = labNameOf(context, request.lab)
  await assertSourcesExist(request.copies)
  const known = await requireLab(context, name)
  assertUsable(known)
  assertHere(context, known)
  return throughGate(context, name, 'exec', async (session) => {
    const { writer, lease } = session
    const lab = await endAbandonedUse(session)
    if (lab === undefined) throw new LabError({ code: 'lab-not-ready', lab: name, state: 'gone' })
    assertUsable(lab)
    assertNotExpired(lab, lease.storeTime())
    const use =
      request.place === 'local'
        ? () => execPart(session, 'command', () => runLocal(session, request))
        : request.all === undefined
          ? await onMachine(session, lab, request)
          : await onAllMachines(session, lab, request, request.all)
    // Already in use by the `exec` that lends us its lease, which also ends the use.
    if (lab.state === 'in-use') return use()
    await writer.transition(lab, 'in-use')
    let message: string | undefined
    try {
      return await use()
    } catch (error) {
      if (isTimeout(error)) ({ message } = explain(error))
      throw error
    } finally {
      await writer.endUse(message)
    }
  })
}

const isTimeout = (error: unknown): boolean =>
  error instanceof LabError && error.fault.code === 'exec-timeout'

/** Before the gate, `in-use` is another `exec`: the gate waits for its end. */
function assertUsable(lab: AnyLab): asserts lab is AnyLab & Lab<'ready' | 'in-use'> {
  if (lab.state === 'ready' || lab.state === 'in-use') return
  throw new LabError({ code: 'lab-not-ready', lab: lab.lab, state: lab.state })
}
