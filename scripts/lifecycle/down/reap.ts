import type { Context } from '../../context.js'
import {
  destroyMany,
  listForDestruction,
  unreadableFates,
  type Fate,
  type Judge,
  type Verdict,
} from './destroy-many.js'
import { isExpired } from '../../lab/time-left.js'

/** Failures that say nothing about whether a lab may go. */
const RIGHTLY_LEFT = ['lease-held', 'lab-on-other-computer']
const UNCLEAR = ['record-unreadable', 'record-mismatch', 'store-unreadable', 'lease-lost', 'other-account']

const lent: Verdict = {
  outcome: 'skipped',
  code: 'lease-held',
  reason: 'the command that started this one uses it',
}
const extended: Verdict = { outcome: 'skipped', code: 'extended', reason: 'it was extended in the meantime' }

const judge: Judge = {
  spare(lab, lease) {
    if (lease.lentBy !== undefined) return lent
    return isExpired(lab, lease.storeTime()) ? undefined : extended
  },
  outcomeOf: (code) =>
    RIGHTLY_LEFT.includes(code) ? 'skipped' : UNCLEAR.includes(code) ? 'inconclusive' : 'left',
}

/**
 * Destroys the labs that have expired by the store's clock, except those that a living holder has leased;
 * waits for no one. `consent` is asked once, with their names, and throws to stop everything.
 */
export async function reap(
  context: Context,
  consent: (labs: readonly string[]) => Promise<void>,
): Promise<readonly Fate[]> {
  const list = await listForDestruction(context)
  const now = await (await context.store()).now()
  const expired = list.labs.filter((lab) => isExpired(lab, now))
  if (expired.length > 0) await consent(expired.map(({ lab }) => lab))
  const impatient = { ...context, settings: { ...context.settings, waitLock: 0 } }
  return [...(await destroyMany(impatient, 'reap', expired, judge)), ...unreadableFates(list)]
}
