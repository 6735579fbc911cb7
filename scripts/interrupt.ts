import { LabError } from './errors.js'

export type InterruptSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/**
 * One interrupt for the whole command: the first signal aborts `signal` with LabError `interrupted`; every
 * later one only says what the command is waiting for. Nothing is killed here.
 */
export interface Interrupt {
  readonly signal: AbortSignal
  /** Names what another Ctrl-C would have to wait for; returns a function that removes the name. */
  waitingFor(what: string): () => void
  /** Returns the signals to Node's own handling. */
  dispose(): void
}

export function listenForInterrupts(say: (message: string) => void): Interrupt {
  const controller = new AbortController()
  const waits: string[] = []
  const onSignal = (name: InterruptSignal): void => {
    const waiting = waits.at(-1)
    if (controller.signal.aborted) {
      say(
        `Still stopping${waiting === undefined ? '' : `: waiting for ${waiting}`}. Nothing is lost by waiting.`,
      )
      return
    }
    say(`Interrupted: stopping${waiting === undefined ? '' : ` (waiting for ${waiting})`} …`)
    controller.abort(new LabError({ code: 'interrupted', signal: name }))
  }
  const names: readonly InterruptSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    waitingFor(what) {
      waits.push(what)
      return () => void waits.splice(waits.lastIndexOf(what), 1)
    },
    dispose: () => names.forEach((name) => process.off(name, onSignal)),
  }
}

/**
 * The error with which a command ends: the signal's reason, if it was aborted and a call failed only because
 * of that. Each client has its own error for this, and some wrap it.
 */
export function reasonOf(signal: AbortSignal, error: unknown): unknown {
  return signal.aborted && isAbort(error) ? signal.reason : error
}

function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  // Google's client keeps the wrapped error in a field of its own.
  const { name, cause, code, error: wrapped } = error as NodeJS.ErrnoException & { readonly error?: unknown }
  return name === 'AbortError' || code === 'ABORT_ERR' || isAbort(cause) || isAbort(wrapped)
}
