import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { assertNotBeingDestroyed, enforcersOf, tellExpiry } from '../lab/expiry.js'
import { expiryOf } from '../lab/time-left.js'
import { throughGate, type Session } from '../lab/gate.js'
import type { Enforcer } from '../providers/provider.js'
import { extendSteps } from '../lab/step-lists.js'
import { Steps } from '../lab/steps.js'
import { assertInReach } from '../lab/in-reach.js'
import { labNameOf, requireLab } from '../lab/target.js'

export interface Extension {
  readonly lab: string
  /** ISO time by the store's clock; null: it never expires any more. */
  readonly expiresAt: string | null
  readonly expiresInMs: number | null
  /** The time it had before. */
  readonly was: string | null
  readonly enforcers: readonly Enforcer[]
}

/**
 * Gives a lab the configured TTL, counted from now. `asked`: the TTL was given for this lab, so it may be
 * shorter than what is left; the usual TTL never shortens.
 */
export async function extend(
  context: Context,
  positional: string | undefined,
  ttl: 'asked' | 'usual',
): Promise<Extension> {
  const name = labNameOf(context, positional)
  const known = await requireLab(context, name)
  await assertInReach(context, known)
  assertExtensible(known)
  return throughGate(context, name, 'extend', async (session) => {
    const current = session.writer.lab ?? known
    assertExtensible(current)
    const now = session.lease.storeTime()
    const given = expiryOf(context.settings.ttl, now)
    const expiresAt = ttl === 'asked' ? given : laterOf(given, current.expiresAt)
    const moved = await moveExpiry(session, current, expiresAt)
    const expiresInMs = expiresAt === null ? null : Date.parse(expiresAt) - now.getTime()
    const enforcers = await enforcersOf(context, moved)
    return { lab: name, expiresAt, expiresInMs, was: current.expiresAt, enforcers }
  })
}

/**
 * The record first: an interruption after this leaves a lab that ends too early, never one that nothing ends.
 */
async function moveExpiry(session: Session, lab: AnyLab, expiresAt: AnyLab['expiresAt']): Promise<AnyLab> {
  const { writer, log } = session
  const told = `expires ${expiresAt ?? 'never'}, was ${lab.expiresAt ?? 'never'}`
  const moved = { ...lab, expiresAt }
  await new Steps(session, extendSteps).run('move-expiry', async (detail) => {
    await writer.note(told, { expiresAt })
    log.info(told, { lab: lab.lab })
    await tellExpiry(session, moved, detail)
  })
  await writer.finish()
  return moved
}

/** null is later than any time. */
const laterOf = (one: string | null, other: string | null): string | null =>
  one === null || other === null ? null : one > other ? one : other

/** A lab that is gone, or going, can get no time. */
function assertExtensible(known: AnyLab): void {
  const { lab, state } = known
  if (state === 'destroyed') throw new LabError({ code: 'lab-not-ready', lab, state })
  assertNotBeingDestroyed(known)
}
