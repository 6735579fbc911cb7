import { setTimeout as sleep } from 'node:timers/promises'
import { LabError } from '../errors.js'
import { connectOnce, SshError, type Connection, type SshStage, type SshTarget } from './connect.js'

export interface WaitOptions {
  /** In milliseconds, from the call on. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** Called when what is seen changes. */
  readonly onSeen: (seen: string) => void
  /** The end of the machine's console, for the error; empty if the provider has none. */
  readonly consoleTail: () => Promise<string>
  /** Called after each failed attempt; a machine that it restarted gets the whole time again. */
  readonly betweenAttempts?: (() => Promise<'as-before' | 'started-anew'>) | undefined
}

const SEEN: Readonly<Record<SshStage, string>> = {
  unreachable: 'port closed',
  refused: 'connection refused',
  handshake: 'port open, no SSH handshake yet',
  'host-key': 'host key not accepted',
  authentication: 'SSH answers, key not accepted yet',
}

/**
 * A connection made too early does not get a late answer: it hangs. So the first attempts are short, and
 * later ones are longer, for a machine that is up but slow.
 */
const FIRST_BANNER_MS = 1_500
const BANNER_GROWTH = 1.15
const LONGEST_BANNER_MS = 15_000
const LOGIN_MS = 30_000
const PAUSE_MS = 250

/**
 * Tries until SSH works and returns that connection. Throws LabError ssh-timeout with what was seen last and
 * the end of the console, or host-key-changed immediately, because waiting cannot fix that.
 */
export async function waitForSsh(target: SshTarget, options: WaitOptions): Promise<Connection> {
  let started = performance.now()
  let seen = ''
  let banner = FIRST_BANNER_MS
  for (;;) {
    try {
      return await connectOnce(target, { banner, login: LOGIN_MS }, options.signal)
    } catch (error) {
      if (!(error instanceof SshError)) throw error
      const now = SEEN[error.stage]
      if (now !== seen) options.onSeen(now)
      seen = now
      banner = Math.min(banner * BANNER_GROWTH, LONGEST_BANNER_MS)
    }
    if ((await options.betweenAttempts?.()) === 'started-anew') {
      started = performance.now()
      banner = FIRST_BANNER_MS
    }
    if (performance.now() - started >= options.timeoutMs) break
    await sleep(PAUSE_MS, undefined, { signal: options.signal }).catch(() => options.signal.throwIfAborted())
  }
  throw new LabError({
    code: 'ssh-timeout',
    lab: target.lab,
    machine: target.machine,
    seconds: Math.round(options.timeoutMs / 1000),
    lastSeen: seen,
    console: await options.consoleTail(),
  })
}
