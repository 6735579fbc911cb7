import { setTimeout as sleep } from 'node:timers/promises'
import pidusage from 'pidusage'

const LOOK_MS = 250
/** Of one processor. A Debian guest that waits for work takes 2 to 7 % without KVM, one that ends a service a whole one. */
const BUSY_SHARE = 0.25

/** Waits until the guest of this QEMU does next to nothing. False when it has not come to rest in `withinMs`. */
export async function comesToRest(pid: number, withinMs: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + withinMs
  let before = await processorTime(pid)
  while (performance.now() < deadline) {
    const from = performance.now()
    await sleep(LOOK_MS, undefined, { signal })
    const now = await processorTime(pid)
    if (now - before < BUSY_SHARE * (performance.now() - from)) return true
    before = now
  }
  return false
}

/** In milliseconds, since the process was started. */
const processorTime = async (pid: number): Promise<number> => (await pidusage(pid)).ctime
