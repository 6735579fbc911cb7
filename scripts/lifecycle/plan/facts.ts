import { BackendError } from '../../../backend/errors.js'
import { isLabName } from '../../../backend/lab-name.js'
import type { AnyLab } from '../../../backend/lab.js'
import { readLeaseDocument } from '../../../backend/lease-document.js'
import { livenessOf } from '../../../backend/process-identity.js'
import type { Context } from '../../context.js'
import { runsHere } from '../../providers/registry.js'
import type { SpecFacts } from '../../providers/provider.js'

export type PlannedFacts = SpecFacts & Pick<AnyLab, 'costPerHourUsd'>

/** What a reviewer wants to know of a lab, beside what would change. */
export interface PlanFacts {
  readonly machines: readonly {
    readonly name: string
    readonly distro: string
    readonly instanceType: string
    readonly vcpus: number
    readonly memoryMiB: number
    readonly diskGiB: number
    /** Null: `up` chooses the newest. */
    readonly image: string | null
    /** The day that the image's own name tells, such as `2026-11-20`. */
    readonly imageDate: string | null
  }[]
  /** The networks that reach SSH; null: only this computer does, or no one opened it. */
  readonly allowFrom: readonly string[] | null
  /** The machines run on the computer that makes them. */
  readonly isHere: boolean
  /** Null for a lab that does not exist. */
  readonly expiresAt: string | null
  /** Milliseconds until then, of a new lab from the moment it is made; null: it never expires. */
  readonly livesMs: number | null
  /** Null: it never expires. */
  readonly costUntilExpiryUsd: number | null
  /** Who has the lease now. */
  readonly holder: { readonly user: string; readonly host: string; readonly command: string } | null
  readonly owner: string | null
}

/** `living`: the lab's record, unless it is destroyed. */
export async function planFacts(
  context: Context,
  facts: PlannedFacts,
  living: AnyLab | undefined,
): Promise<PlanFacts> {
  const now = Date.now()
  const livesMs =
    facts.expiresAt === null
      ? null
      : living === undefined
        ? context.settings.ttl
        : Math.max(0, Date.parse(facts.expiresAt) - now)
  const owner = living?.owner.user ?? null
  return {
    machines: facts.machines.map(({ name, distro, size, image }) => ({
      name,
      distro,
      instanceType: size.instanceType,
      vcpus: size.vcpus,
      memoryMiB: size.memoryMiB,
      diskGiB: size.diskGiB,
      image: image === null ? null : (image.source ?? image.id),
      imageDate: image === null ? null : dateIn(`${image.source ?? ''} ${image.id}`),
    })),
    allowFrom: facts.allowFrom ?? null,
    isHere: runsHere(facts.provider),
    expiresAt: living?.expiresAt ?? null,
    livesMs,
    costUntilExpiryUsd: livesMs === null ? null : (facts.costPerHourUsd * livesMs) / 3_600_000,
    holder: await holderOf(context, facts.lab),
    owner: Object.hasOwn(facts.tags, 'owner') ? (facts.tags['owner'] ?? owner) : owner,
  }
}

/** The date in an image's name, which all vendors put there: `debian-13-amd64-20261120-2299`, `…-2026-11-20`. */
export function dateIn(text: string): string | null {
  const [, year, month, day] =
    /(?<!\d)(20\d\d)-?(0[1-9]|1[0-2])-?(0[1-9]|[12]\d|3[01])(?!\d)/.exec(text) ?? []
  return year === undefined ? null : `${year}-${month}-${day}`
}

/** Whoever may read a lab's record may not always read its lease. */
async function holderOf(context: Context, lab: string): Promise<PlanFacts['holder']> {
  if (!isLabName(lab)) return null
  try {
    const stored = await readLeaseDocument(await context.store(), lab)
    if (stored === undefined) return null
    const { holder, expiresAt, command } = stored.document
    // By our own clock: some stores tell theirs only to whoever writes.
    if (holder === null || Date.parse(expiresAt) < Date.now() || livenessOf(holder) === 'dead') return null
    return { user: holder.user, host: holder.host, command }
  } catch (error) {
    if (error instanceof BackendError) return null
    throw error
  }
}
