import { isErrno } from './system-error.js'

/**
 * Sends a signal to a process or, by its negative number, to a process group (kill(2)); 0 only asks. False when none is
 * left: one that has just ended needs no signal. Throws what the system says of one that is not ours.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return false
    throw error
  }
}
