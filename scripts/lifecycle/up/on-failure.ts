import type { AnyLab } from '../../../backend/lab.js'
import { explain } from '../../explain.js'
import { withReserve } from '../../reserve.js'
import { destroyLab } from '../down/down.js'
import type { Session } from '../../lab/gate.js'

/**
 * Makes a lab. With `--on-failure destroy` one that did not exist (`before`: as the command found it) is destroyed again
 * when that fails, under the same lease; what it failed with is what the command ends with all the same.
 */
export async function removedOnFailure<T>(
  session: Session,
  before: AnyLab | undefined,
  make: () => Promise<T>,
): Promise<T> {
  const isNew = before === undefined || before.state === 'destroyed'
  try {
    return await make()
  } catch (error) {
    const isRemoved = isNew && session.context.settings.onFailure === 'destroy'
    if (isRemoved) await withReserve(session.context, () => remove(session, error))
    throw error
  }
}

/** An interrupt does not reach it: who interrupts in CI wants everything gone. Only a lost lease ends it. */
async function remove(session: Session, cause: unknown): Promise<void> {
  const { context, lab, lease, writer, log } = session
  if (lease.lost.aborted || writer.lab === undefined || writer.lab.state === 'destroyed') return
  const { code, message } = explain(cause)
  const failed = await writer.fail({ code, message: context.redact(message) })
  context.progress.say(`${lab} failed with ${code}: removing what was created …`)
  const done = context.interrupt.waitingFor(`the removal of ${lab}`)
  try {
    await destroyLab({ ...session, signal: lease.lost }, failed)
  } catch (error) {
    const second = explain(error)
    log.warn('a failed lab could not be removed', { lab, code: second.code })
    context.progress.say(`${lab} could not be removed: ${second.message}\n${second.hint}`)
    if (!lease.lost.aborted) {
      await writer.fail({ code: second.code, message: context.redact(second.message) })
    }
  } finally {
    done()
  }
}
