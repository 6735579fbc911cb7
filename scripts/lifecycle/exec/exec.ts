import type { Context } from '../../context.js'
import { onAllMachines, type StreamsOfAll } from './all-machines.js'
import { assertHere } from '../../lab/here.js'
import { labNameOf, requireLab } from '../../lab/target.js'
import { assertUsable, useLab } from '../../lab/use-lab.js'
import { assertSourcesExist } from './flags.js'
import { runLocal } from './local.js'
import { execPart } from './part.js'
import { onMachine, type RemoteRequest } from './remote.js'

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
  return useLab(context, name, 'exec', async (session, lab) => {
    if (request.place === 'local') return () => execPart(session, 'command', () => runLocal(session, request))
    return request.all === undefined
      ? onMachine(session, lab, request)
      : onAllMachines(session, lab, request, request.all)
  })
}
