import { setTimeout as sleep } from 'node:timers/promises'
import type { AnyLab } from '../../backend/lab.js'
import { makesMachines } from '../providers/maker.js'
import { isPassing } from '../providers/passing.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import type { Session } from './gate.js'
import type { Provider, Remains, StepControl } from '../providers/provider.js'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 20_000

/**
 * Removes what a provider has of a lab, and looks again, until nothing is there or the rest cannot be
 * removed. A machine that is being deleted holds its network, a cloud may limit requests, and an answer may
 * be lost. Removes nothing from a provider whose labs make no machines. Returns things that only have the
 * lab's names. Throws LabError leftovers, or why the provider cannot be asked.
 */
export async function removeUntilGone(
  session: Session,
  hooks: Provider,
  lab: AnyLab,
  detail: StepControl['detail'],
): Promise<readonly string[]> {
  const { context, signal } = session
  if (!makesMachines(hooks)) return []
  const { applyTimeout: totalMs = hooks.patience.totalMs } = context.settings
  const end = performance.now() + totalMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    const isLast = performance.now() + pauseMs > end
    const outcome = await attempt(() => hooks.removeLeftovers(context, lab, { signal, detail }), isLast)
    if (!(outcome instanceof LabError)) {
      const { left, foreign, mayPass } = outcome
      if (left.length === 0) return foreign
      if (!mayPass || isLast) throw new LabError({ code: 'leftovers', lab: lab.lab, left })
    }
    const why = outcome instanceof LabError ? explain(outcome).message : outcome.left.join(', ')
    detail(`waiting for ${why}`)
    await sleep(pauseMs, undefined, { signal }).catch(() => signal.throwIfAborted())
  }
}

/** A temporary reason is returned while there is time to wait for it. */
async function attempt(remove: () => Promise<Remains>, isLast: boolean): Promise<Remains | LabError> {
  try {
    return await remove()
  } catch (error) {
    if (!isLast && error instanceof LabError && isPassing(error)) return error
    throw error
  }
}
