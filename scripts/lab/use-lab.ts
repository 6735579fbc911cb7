import type { AnyLab, Lab } from '../../backend/lab.js'
import type { LabName } from '../../backend/lab-name.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { assertNotExpired } from './expiry.js'
import { endAbandonedUse, throughGate, type Session } from './gate.js'

/**
 * Uses a lab under its lease: it is `in-use` meanwhile. `prepare` finds out everything that can be wrong
 * before that, and returns the use.
 */
export async function useLab<T>(
  context: Context,
  name: LabName,
  command: string,
  prepare: (session: Session, lab: Lab<'ready' | 'in-use'>) => Promise<() => Promise<T>>,
): Promise<T> {
  return throughGate(context, name, command, async (session) => {
    const { writer, lease } = session
    const lab = await endAbandonedUse(session)
    if (lab === undefined) throw new LabError({ code: 'lab-not-ready', lab: name, state: 'gone' })
    assertUsable(lab)
    assertNotExpired(lab, lease.storeTime())
    const use = await prepare(session, lab)
    // Already in use by the command that lends us its lease, which also ends the use.
    if (lab.state === 'in-use') return use()
    await writer.transition(lab, 'in-use')
    let message: string | undefined
    try {
      return await use()
    } catch (error) {
      if (isTimeout(error)) ({ message } = explain(error))
      throw error
    } finally {
      await writer.endUse(message)
    }
  })
}

const isTimeout = (error: unknown): boolean =>
  error instanceof LabError && error.fault.code === 'exec-timeout'

/** Before the gate, `in-use` is another command: the gate waits for its end. */
export function assertUsable(lab: AnyLab): asserts lab is AnyLab & Lab<'ready' | 'in-use'> {
  if (lab.state === 'ready' || lab.state === 'in-use') return
  throw new LabError({ code: 'lab-not-ready', lab: lab.lab, state: lab.state })
}
