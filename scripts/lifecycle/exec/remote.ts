import type { Lab } from '../../../backend/lab.js'
import type { Machine } from '../../../backend/record-schema.js'
import { LabError } from '../../errors.js'
import { explain } from '../../explain.js'
import type { Connection } from '../../machine/connect.js'
import { withVariables, type Variables } from '../../machine/environment.js'
import { remoteCommand, runRemote, type RemoteOptions } from '../../machine/remote.js'
import type { Transfer } from '../../machine/transfer.js'
import { TimeOverError } from '../../time-limit.js'
import { connectToLab, KNOWN_TO_BE_UP } from '../../lab/connect-lab.js'
import { execPart } from './part.js'
import { transfer, type Transferring } from './transfer.js'
import type { Session } from '../../lab/gate.js'
import { mendClock } from '../../lab/guest-clock.js'
import { requireIdentity, targetOf } from '../../lab/reach.js'
import { machineOf } from '../../lab/target.js'

export type Streams = Pick<RemoteOptions, 'onStdout' | 'onStderr' | 'stdin'>

export interface RemoteRequest {
  readonly machine: string | undefined
  readonly words: readonly string[]
  readonly variables: Variables
  readonly timeLimitMs: number | undefined
  readonly copies: readonly Transfer[]
  readonly fetches: readonly Transfer[]
  readonly streams: Streams
}

interface Reached {
  readonly session: Session
  readonly machine: Machine
  readonly connection: Connection
  readonly request: RemoteRequest
}

/**
 * Finds out everything that can be wrong before the lab is in use. The returned function copies, runs the
 * command, fetches in any case unless the machine was lost, and returns the command's exit code.
 */
export async function onMachine(
  session: Session,
  lab: Lab<'ready' | 'in-use'>,
  request: RemoteRequest,
): Promise<() => Promise<number>> {
  const machine = machineOf(lab, request.machine)
  const identity = await requireIdentity(session.context, lab)
  const target = targetOf(session.context, lab, machine, identity)
  return async () => {
    const connect = () => connectToLab(lab, target, KNOWN_TO_BE_UP, session.signal)
    const connection = await execPart(session, 'connect', connect)
    const reached = { session, machine, connection, request }
    try {
      await mendClock(session, lab, machine, connection)
      if (request.copies.length > 0) await execPart(session, 'copy', () => copyAll(reached))
      return await runAndFetch(reached)
    } finally {
      connection.end()
    }
  }
}

const transferring = ({ session, machine, connection }: Reached): Transferring => {
  const { context, lab, signal, log } = session
  return { context, lab, machine, connection, signal, log }
}

async function copyAll(reached: Reached): Promise<void> {
  for (const copy of reached.request.copies) await transfer(transferring(reached), copy)
}

/** The command's own failure counts more than that of a fetch, which is then only reported. */
async function runAndFetch(reached: Reached): Promise<number> {
  const { ended, canFetch } = await runCommand(reached)
  const wanted = canFetch && reached.request.fetches.length > 0
  const [first, ...more] = wanted ? await execPart(reached.session, 'fetch', () => fetchAll(reached)) : []
  const isWon = ended === 0 && first !== undefined
  for (const failure of isWon || first === undefined ? more : [first, ...more])
    reached.session.context.progress.say(explain(failure).message)
  if (isWon) throw first
  if (ended instanceof LabError) throw ended
  return ended
}

/** Returns the failures: one failed fetch does not prevent the others. */
async function fetchAll(reached: Reached): Promise<LabError[]> {
  const failures: LabError[] = []
  for (const fetch of reached.request.fetches) {
    try {
      await transfer(transferring(reached), fetch)
    } catch (error) {
      reached.session.signal.throwIfAborted()
      if (!(error instanceof LabError)) throw error
      failures.push(error)
    }
  }
  return failures
}

/** `ended`: its exit code, or that it reached its time limit. */
interface Ended {
  readonly ended: number | LabError
  readonly canFetch: boolean
}

async function runCommand({ session, machine, connection, request }: Reached): Promise<Ended> {
  const { words, variables, timeLimitMs, fetches, streams } = request
  const { command, firstInput } = withVariables(remoteCommand(words), variables)
  try {
    const { signal } = session
    const ended = await execPart(session, 'command', () =>
      runRemote(connection, command, { ...streams, firstInput, timeLimitMs, signal }),
    )
    return { ended, canFetch: true }
  } catch (error) {
    if (!(error instanceof TimeOverError)) throw error
    // A frozen machine would never answer.
    const canFetch = error.end === 'seen'
    if (!canFetch && fetches.length > 0)
      session.context.progress.say('--fetch: skipped, because the command may still be running')
    return { ended: timeoutOf(session.lab, machine.name, timeLimitMs), canFetch }
  }
}

export const timeoutOf = (lab: string, place: string, timeLimitMs = 0): LabError =>
  new LabError({ code: 'exec-timeout', lab, place, seconds: timeLimitMs / 1000 })
