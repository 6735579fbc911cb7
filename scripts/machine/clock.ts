import { PassThrough } from 'node:stream'
import { LabError } from '../errors.js'
import type { Connection } from './connect.js'
import { runRemote } from './remote.js'
import { RESEED, seedLine } from './reseed.js'
import { runShort } from './short-command.js'

/**
 * Renews the machine's randomness, reports that it is ready, then sets the clock to each time it receives, in seconds, and reports each time.
 */
const FOLLOW = `${RESEED}
echo; while read -r time; do date -u -s "@$time" >/dev/null || exit; echo; done`
const followAs = (user: string): string => `exec ${user === 'root' ? '' : 'sudo -n '}sh -c '${FOLLOW}'`

/**
 * A better result is not worth another round trip; a machine that is too slow for it keeps the last result.
 */
const GOOD_MS = 500
const MOST_TRIES = 3

export interface ClockOptions {
  readonly lab: string
  readonly machine: string
  /** The logged-in user: anyone but root needs sudo without a password. */
  readonly user: string
  readonly signal: AbortSignal
}

export interface ClockSet {
  /** The largest possible difference between the machine's clock and ours. */
  readonly withinMs: number
}

/**
 * Sets a machine's clock to ours. After a memory image is loaded nothing else does that in time, because the
 * guest's clock continues from where it was; for the same reason its randomness is renewed. The clock is set somewhere within a round trip, so the sent time
 * is ahead by half of the last trip, and the trip itself proves how wrong the clock can be. Throws LabError
 * clock-not-set, or the signal's reason.
 */
export async function setClock(connection: Connection, options: ClockOptions): Promise<ClockSet> {
  const { lab, machine, user, signal } = options
  const stdin = new PassThrough()
  let complaint = ''
  let onAnswer = (): void => undefined
  const command = runRemote(connection, followAs(user), {
    stdin,
    signal,
    onStdout: () => onAnswer(),
    onStderr: (chunk) => (complaint += chunk.toString()),
  }).then((code) => {
    const reason = complaint.trim() || `the command ended with ${code}`
    throw new LabError({ code: 'clock-not-set', lab, machine, reason })
  })
  const answer = (): Promise<void> =>
    Promise.race([new Promise<void>((resolve) => (onAnswer = resolve)), command])
  try {
    stdin.write(seedLine())
    await answer()
    let withinMs = Infinity
    let tripMs = 0
    for (let tries = 0; tries < MOST_TRIES && withinMs > GOOD_MS; tries++) {
      const aheadMs = tripMs / 2
      const sent = performance.now()
      stdin.write(`${((Date.now() + aheadMs) / 1000).toFixed(3)}\n`)
      await answer()
      tripMs = performance.now() - sent
      withinMs = Math.ceil(Math.max(aheadMs, tripMs - aheadMs))
    }
    return { withinMs }
  } finally {
    // It ends with its input, and has nothing more to report.
    command.catch(() => undefined)
    stdin.end()
  }
}

/** A clock that is further behind is set; the fractions of `date`'s seconds are cut off. */
const TOLERATED_MS = 2_000

/**
 * How far a machine's clock is behind ours, in milliseconds; undefined if it is not, or does not answer.
 * However long the answer takes, a correct clock never counts as behind.
 */
export async function behindMs(connection: Connection, signal: AbortSignal): Promise<number | undefined> {
  const asked = Date.now()
  const { stdout } = await runShort(connection, 'date +%s', signal)
  const seconds = /^\d{1,12}$/.exec(stdout)?.[0]
  const behind = asked - Number(seconds ?? NaN) * 1000
  return behind > TOLERATED_MS ? behind : undefined
}
