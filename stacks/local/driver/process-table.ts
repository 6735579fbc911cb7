import { readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { identifyProcess, livenessOf, type ProcessIdentity } from '../../../backend/process-identity.js'
import { errnoOf } from './errors.js'
import { runTool } from './run.js'

/** A living process, with its command line. */
export interface FoundProcess {
  readonly identity: ProcessIdentity
  readonly words: readonly string[]
}

/**
 * The processes that `isOurs` knows by their command line. A pid file proves nothing (pids are reused); it only says
 * where to look on systems without /proc.
 */
export async function findProcesses(
  isOurs: (words: readonly string[]) => boolean,
  ...pidFiles: readonly string[]
): Promise<FoundProcess[]> {
  const found: FoundProcess[] = []
  for (const pid of await candidatePids(pidFiles)) {
    // Nearly all are not: they cost no more than this.
    if (!isOurs(await commandLine(pid))) continue
    const identity = identifyProcess(pid)
    // Once more, as the pid may have gone to another process in between.
    const words = identity === undefined ? [] : await commandLine(pid)
    if (identity !== undefined && isOurs(words)) found.push({ identity, words })
  }
  return found
}

async function candidatePids(pidFiles: readonly string[]): Promise<number[]> {
  if (process.platform === 'linux') {
    return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  }
  const texts = await Promise.all(pidFiles.map((file) => readFile(file, 'utf8').catch(() => '')))
  return texts.map(Number).filter((pid) => pid > 0)
}

async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === 'linux') return linuxCommandLine(pid)
  const { stdout } = await runTool('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }))
  return stdout.trim().split(/\s+/)
}

/** Synchronous: /proc never waits for a disk, and a hundred turns of the event loop cost more than the reading. */
function linuxCommandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** False when one of them still runs after `timeoutMs`. */
export async function areGone(processes: readonly FoundProcess[], timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (processes.some(({ identity }) => livenessOf(identity) === 'alive')) {
    if (performance.now() > deadline) return false
    await sleep(50)
  }
  return true
}

const KILL_WAIT_MS = 5_000

/** SIGKILL to those that are still proven to be who they were when they were found, and waits for their end. */
export async function killProcesses(processes: readonly FoundProcess[]): Promise<void> {
  for (const { identity } of processes) {
    if (livenessOf(identity) === 'alive') kill(identity.pid)
  }
  await areGone(processes, KILL_WAIT_MS)
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error
  }
}
