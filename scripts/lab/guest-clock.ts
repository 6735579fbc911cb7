import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { behindMs, setClock } from '../machine/clock.js'
import type { Connection } from '../machine/connect.js'
import { runsHere } from '../providers/registry.js'
import { elapsed } from '../report/progress.js'
import type { Session } from './gate.js'

/**
 * Sets the clock of a local VM if it is behind, as after the computer slept, because the VM stood still
 * meanwhile. If it cannot be set, this says so and fails nothing.
 */
export async function mendClock(
  { context, log, signal }: Session,
  { lab, provider }: AnyLab,
  { name, user }: Machine,
  connection: Connection,
): Promise<void> {
  if (!runsHere(provider)) return
  try {
    const behind = await behindMs(connection, signal)
    if (behind === undefined) return
    const { withinMs } = await setClock(connection, { lab, machine: name, user, signal })
    log.info('clock set', { machine: name, behindMs: behind, withinMs })
    context.progress.say(`The clock of ${lab}/${name} was ${elapsed(behind)} behind and has been set.`)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LabError) || error.fault.code !== 'clock-not-set') throw error
    context.progress.say(explain(error).message)
  }
}
