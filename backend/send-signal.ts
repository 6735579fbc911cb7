import { isErrno } from './system-error.js'

/**
 * Sends a signal to a process or, by its negative number, to a process group (kill(2)); 0 only asks. False if
 * none is left: a process that just ended needs no signal. Throws the system's error for a process that is
 * not ours.
 */
export function sendSignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal)
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return false
    throw error
  }
}
