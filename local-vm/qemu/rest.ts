import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { runTool } from '../run.js'

const LOOK_MS = 250
/**
 * A share of one processor. A waiting Debian guest uses 2 to 7 % without KVM, one that ends a service a whole
 * one.
 */
const BUSY_SHARE = 0.25

/** Of one thread, since it started. */
interface ThreadTime {
  readonly ranMs: number
  /** Time in which it wanted to run but others had the processors. */
  readonly keptWaitingMs: number
}

/** By thread id; if the system tells no more, the whole process counts as one thread. */
type ProcessTime = ReadonlyMap<string, ThreadTime>

/**
 * Waits until the guest of this QEMU does almost nothing, for at most `withinMs`, or until the QEMU is gone.
 * A guest that other processes leave no room is not at rest, so what counts is its share of the time that it
 * could have had.
 */
export async function waitForRest(pid: number, withinMs: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + withinMs
  let before = await processTime(pid)
  while (before !== undefined && performance.now() < deadline) {
    const from = performance.now()
    await sleep(LOOK_MS, undefined, { signal })
    const now = await processTime(pid)
    if (now !== undefined && busyShare(before, now, performance.now() - from) < BUSY_SHARE) return
    before = now
  }
}

function busyShare(before: ProcessTime, now: ProcessTime, elapsedMs: number): number {
  let share = 0
  for (const [thread, { ranMs, keptWaitingMs }] of now) {
    const { ranMs: ranBefore = 0, keptWaitingMs: waitedBefore = 0 } = before.get(thread) ?? {}
    const couldMs = elapsedMs - (keptWaitingMs - waitedBefore)
    share += couldMs > 0 ? (ranMs - ranBefore) / couldMs : 1
  }
  return share
}

/** Undefined if the process is gone or the system does not tell. */
async function processTime(pid: number): Promise<ProcessTime | undefined> {
  try {
    return process.platform === 'linux' ? linuxTime(pid) : await otherTime(pid)
  } catch {
    return undefined
  }
}

/** Nanoseconds on a processor and in its queue; Documentation/scheduler/sched-stats.rst of Linux. */
function linuxTime(pid: number): ProcessTime {
  const threads = readdirSync(`/proc/${pid}/task`)
  return new Map(threads.flatMap((thread) => threadTime(pid, thread)))
}

function threadTime(pid: number, thread: string): [string, ThreadTime][] {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ').map(Number)
    return [[thread, { ranMs: (ran ?? 0) / 1e6, keptWaitingMs: (waited ?? 0) / 1e6 }]]
  } catch (error) {
    // QEMU ends its own threads at any time.
    if (isGone(error)) return []
    throw error
  }
}

const isGone = (error: unknown): boolean =>
  ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')

/** `[[days-]hours:]minutes:seconds.hundredths`, as ps(1) of macOS prints it. */
async function otherTime(pid: number): Promise<ProcessTime> {
  const { stdout } = await runTool('ps', ['-p', String(pid), '-o', 'time='])
  const seconds = stdout
    .trim()
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0)
  return new Map([['all', { ranMs: seconds * 1000, keptWaitingMs: 0 }]])
}
