import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import type { Connection } from '../machine/connect.js'
import { connectToLab, KNOWN_TO_BE_UP } from './connect-lab.js'
import { requireIdentity, targetOf } from './reach.js'
import { machineOf } from './target.js'

/** Does `action` with a connection to the named machine, or the main one. */
export async function withMachine<T>(
  context: Context,
  lab: AnyLab,
  machine: string | undefined,
  signal: AbortSignal,
  action: (connection: Connection) => Promise<T>,
): Promise<T> {
  const identity = await requireIdentity(context, lab)
  const target = targetOf(context, lab, machineOf(lab, machine), identity)
  const connection = await connectToLab(lab, target, KNOWN_TO_BE_UP, signal)
  try {
    return await action(connection)
  } finally {
    connection.end()
  }
}
