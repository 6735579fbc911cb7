import type { AnyLab } from '../../backend/lab.js'
import type { LabFault } from '../errors.js'

/** When a lab that is given `ttlMs` at `now` is over, as in its record. */
export const expiryOf = (ttlMs: number | null, now: Date): string | null =>
  ttlMs === null ? null : new Date(now.getTime() + ttlMs).toISOString()

/** Milliseconds left, negative once its time is over; null for a lab without end, and for a destroyed one. */
export const expiresInMs = (
  { expiresAt, state }: Pick<AnyLab, 'expiresAt' | 'state'>,
  now: Date,
): number | null =>
  expiresAt === null || state === 'destroyed' ? null : Date.parse(expiresAt) - now.getTime()

export const isExpired = (lab: Pick<AnyLab, 'expiresAt' | 'state'>, now: Date): boolean =>
  (expiresInMs(lab, now) ?? 1) <= 0

/**
 * An expired lab gets no more work: it is powered off, or about to be. One that is being destroyed can't be given more time
 * either. Undefined while there is time left.
 */
export function refusalOfExpired(lab: AnyLab, now: Date): LabFault | undefined {
  if (lab.expiresAt === null || !isExpired(lab, now)) return undefined
  return refusalOfDestroyed(lab) ?? { code: 'lab-expired', lab: lab.lab, expiresAt: lab.expiresAt }
}

export const refusalOfDestroyed = ({ lab, state }: AnyLab): LabFault | undefined =>
  state === 'destroying' || state === 'destroy-failed' ? { code: 'lab-being-destroyed', lab } : undefined
