import { readLease } from '../../backend/lease-document.js'
import { readRecord } from '../../backend/record.js'
import type { State } from '../../backend/lab-state.js'
import type { Context } from '../context.js'
import { labNameOf, requireLab } from './target.js'

export interface LockStatus {
  readonly lab: string
  readonly held: boolean
  readonly fence: number
  readonly holder: {
    readonly user: string
    readonly host: string
    readonly pid: number
    readonly ciRunUrl: string | null
    readonly command: string
    readonly since: string
    readonly expiresAt: string
  } | null
  /** What the holder does right now: the lab's state and step. */
  readonly state: State | null
  readonly step: string | null
  /** The proof by which the next command would take the lease over. */
  readonly takeover: 'holder-dead' | 'expired' | null
}

export async function lockStatus(context: Context, positional: string | undefined): Promise<LockStatus> {
  const lab = labNameOf(context, positional)
  const store = await context.store()
  const lease = await readLease(store, lab)
  // A first `up` holds the lease before there is a record.
  if (lease === undefined) await requireLab(context, lab)
  const record = (await readRecord(store, lab))?.lab
  const held = lease?.holder
  return {
    lab,
    held: held !== null && held !== undefined,
    fence: lease?.document.fence ?? 0,
    holder:
      lease === undefined || held === null || held === undefined
        ? null
        : {
            ...{ user: held.user, host: held.host, pid: held.pid, ciRunUrl: held.ciRunUrl ?? null },
            ...{
              command: lease.document.command,
              since: lease.document.since,
              expiresAt: lease.document.expiresAt,
            },
          },
    state: record?.state ?? null,
    step: record?.step?.name ?? null,
    takeover: lease?.takeover ?? null,
  }
}
