import { setTimeout as sleep } from 'node:timers/promises'
import pidusage from 'pidusage'

const LOOK_MS = 250
/** Of one processor. A Debian guest that waits for work takes 2 to 7 % without KVM, one that ends a service a whole one. */
const BUSY_SHARE = 0.25

/** Waits until the guest of this QEMU does next to nothing, for `withinMs` at most, or until the QEMU is gone. */
export async function waitForRest(pid: number, withinMs: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + withinMs
  let before = await processorTime(pid)
  while (before !== undefined && performance.now() < deadline) {
    const from = performance.now()
    await sleep(LOOK_MS, undefined, { signal })
    const now = await processorTime(pid)
    if (now !== undefined && now - before < BUSY_SHARE * (performance.now() - from)) return
    before = now
  }
}

/** In milliseconds, since the process was started; undefined when it is gone. */
async function processorTime(pid: number): Promise<number | undefined> {
  try {
    return (await pidusage(pid)).ctime
  } catch {
    return undefined
  }
}
