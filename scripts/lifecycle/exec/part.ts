import type { Session } from '../../lab/gate.js'
import type { ExecPart } from '../../lab/step-lists.js'

/**
 * Runs one part of an `exec`, which only the log mentions: a recorded step would cost every `exec` two more
 * writes of the store.
 */
export async function execPart<T>({ log }: Session, part: ExecPart, action: () => Promise<T>): Promise<T> {
  log.info('part begins', { part })
  const started = performance.now()
  const result = await action()
  log.info('part done', { part, ms: Math.round(performance.now() - started) })
  return result
}
