import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import type { Context } from '../context.js'
import { moveTimer } from '../machine/timer.js'
import { connectToMachine } from './connect-machine.js'
import type { StepControl } from '../providers/provider.js'
import { requireIdentity, targetOf } from './reach.js'

/** Enough for a machine that is up. */
const TIMEOUTS = { banner: 10_000, login: 15_000 }

/** Makes the timer in a machine use `lab.expiresAt`. Throws like connectToMachine. */
export async function moveMachineExpiry(
  context: Context,
  lab: AnyLab,
  machine: Machine,
  { signal, detail }: StepControl,
): Promise<void> {
  const identity = await requireIdentity(context, lab)
  detail('setting its timer')
  const connection = await connectToMachine(lab, targetOf(context, lab, machine, identity), TIMEOUTS, signal)
  try {
    await moveTimer(connection, lab.expiresAt, signal)
  } finally {
    connection.end()
  }
}
