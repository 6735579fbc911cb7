import type { Context } from '../../context.js'
import { throughGate } from '../../lab/gate.js'
import type { LockHolder, LockStatus } from './lock-status.js'

export interface LockBreak {
  readonly lab: string
  /** False: no one held it any more. */
  readonly broken: boolean
  readonly holder: LockHolder | null
}

/**
 * Takes the lease that `status` shows from its holder, writes the record under the newer fence, so that the
 * former holder can write nothing more, and releases the lease. A lease that has changed hands is left alone:
 * throws BackendError `lease-held` with its new holder.
 */
export async function breakLock(context: Context, status: LockStatus): Promise<LockBreak> {
  const { lab, fence, holder } = status
  if (holder === null) return { lab, broken: false, holder }
  return throughGate(
    context,
    lab,
    'lock break',
    async ({ lease, writer }) => {
      const former = lease.tookOverFrom
      if (former !== undefined && writer.lab !== undefined) {
        const { user, host, pid, command, since } = former
        await writer.note(`broke the lease of ${user}@${host} (pid ${pid}), ${command} since ${since}`)
        await writer.finish()
      }
      return { lab, broken: former !== undefined, holder }
    },
    { breakFence: fence },
  )
}
