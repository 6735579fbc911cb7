import { readLease, type LeaseStatus } from '../../../backend/lease-document.js'
import type { LabName } from '../../../backend/lab-name.js'
import type { State } from '../../../backend/lab-state.js'
import { livenessOf, type Liveness } from '../../../backend/process-identity.js'
import { readRecord } from '../../../backend/record.js'
import type { Context } from '../../context.js'
import { labNameOf, requireLab } from '../../lab/target.js'

export interface LockHolder {
  readonly user: string
  readonly host: string
  readonly pid: number
  readonly ciRunUrl: string | null
  readonly command: string
  readonly since: string
  readonly expiresAt: string
  /** If this computer can tell. */
  readonly liveness: Liveness
  /** By the store's clock: since it acquired the lease, and since it last renewed it. */
  readonly heldMs: number
  readonly silentMs: number
}

export interface LockStatus {
  readonly lab: LabName
  readonly held: boolean
  readonly fence: number
  readonly holder: LockHolder | null
  /** What the holder is doing: the lab's state and step. */
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
  const holder = lease === undefined ? null : holderOf(lease, await store.now())
  return {
    lab,
    held: holder !== null,
    fence: lease?.document.fence ?? 0,
    holder,
    state: record?.state ?? null,
    step: record?.step?.name ?? null,
    takeover: lease?.takeover ?? null,
  }
}

function holderOf({ document, holder }: LeaseStatus, now: Date): LockHolder | null {
  if (holder === null) return null
  const { command, since, renewedAt, expiresAt } = document
  const sinceMs = (time: string): number => Math.max(0, now.getTime() - Date.parse(time))
  return {
    user: holder.user,
    host: holder.host,
    pid: holder.pid,
    ciRunUrl: holder.ciRunUrl ?? null,
    command,
    since,
    expiresAt,
    liveness: livenessOf(holder),
    heldMs: sinceMs(since),
    silentMs: sinceMs(renewedAt),
  }
}
