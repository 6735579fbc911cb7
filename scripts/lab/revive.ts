import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import { LabError } from '../errors.js'
import { stepControl, type Work } from './work.js'

const MOST_RESTARTS = 2

/** Looks at one machine between two attempts to reach it. */
export type Revive = (machine: Machine) => Promise<'as-before' | 'started-anew'>

/**
 * Restarts a machine whose kernel has panicked since its last start, at most twice in total; then throws
 * LabError kernel-panic, because waiting cannot fix that. Undefined if the provider cannot tell, and for a
 * reset: a machine that boots is not at its baseline.
 */
export function reviveOf(work: Work, lab: AnyLab, detail: (text: string) => void): Revive | undefined {
  const { session, plan } = work
  const { revival } = plan.hooks
  if (revival === undefined || lab.state === 'resetting') return undefined
  const restarts = new Map<string, number>()
  return async (machine) => {
    const reason = await revival.panicOf(machine)
    if (reason === undefined) return 'as-before'
    const { name } = machine
    const soFar = restarts.get(name) ?? 0
    if (soFar === MOST_RESTARTS) {
      const console = (await plan.hooks.consoleTail?.(lab, machine)) ?? ''
      throw new LabError({ code: 'kernel-panic', lab: lab.lab, machine: name, reason, console })
    }
    restarts.set(name, soFar + 1)
    const message = `${name}: kernel panic, restarted`
    session.log.warn(message, { reason })
    session.context.progress.say(`${message} (${reason})`)
    await session.writer.note(message)
    const catalog = await session.context.catalog()
    const spec = plan.hooks.buildSpec(session.context, session.writer.lab ?? lab, catalog, [])
    await revival.restart(spec, machine, stepControl(work, detail))
    return 'started-anew'
  }
}
