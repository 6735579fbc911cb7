/** A command was ended at its time limit. */
export class TimeOverError extends Error {
  /** @param end `unseen`: it may still run, or the machine may be frozen */
  constructor(readonly end: 'seen' | 'unseen') {
    super('its time limit was over')
    this.name = 'TimeOverError'
  }
}

/** How long it has to end by itself after TERM before KILL is sent, in milliseconds. */
const GRACE_MS = 5_000
/** How long to wait for its end after KILL: a frozen machine never shows it. */
const LAST_MS = 2_000

export interface TimeLimit {
  readonly isOver: boolean
  dispose(): void
}

/**
 * Ends a command after `ms` milliseconds (undefined: never) by TERM, then KILL; calls `giveUp` if its end is
 * not seen even then. Calls nothing after `dispose`.
 */
export function limitTime(
  ms: number | undefined,
  command: { send(signal: 'TERM' | 'KILL'): void; giveUp(): void },
): TimeLimit {
  let isOver = false
  let timer: NodeJS.Timeout | undefined
  const after = (delay: number, action: () => void): void => {
    timer = setTimeout(action, delay)
  }
  const kill = (): void => {
    command.send('KILL')
    after(LAST_MS, () => command.giveUp())
  }
  const terminate = (): void => {
    isOver = true
    command.send('TERM')
    after(GRACE_MS, kill)
  }
  if (ms !== undefined) after(ms, terminate)
  return {
    get isOver() {
      return isOver
    },
    dispose: () => clearTimeout(timer),
  }
}
