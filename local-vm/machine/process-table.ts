import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { readIfPlain } from '../../backend/plain-file.js'
import { identifyProcess, livenessOf, type ProcessIdentity } from '../../backend/process-identity.js'
import { sendSignal } from '../../backend/send-signal.js'
import { runTool } from '../run.js'

/** A living process, with its command line. */
export interface FoundProcess {
  readonly identity: ProcessIdentity
  readonly words: readonly string[]
}

/** A process as it was found; its pid may belong to another by now. */
interface Candidate {
  readonly pid: number
  readonly words: readonly string[]
}

/**
 * The processes whose command line `isOurs` recognises. A pid file proves nothing (pids are reused); it only
 * says where to look on systems without /proc.
 */
export async function findProcesses(
  isOurs: (words: readonly string[]) => boolean,
  ...pidFiles: readonly string[]
): Promise<FoundProcess[]> {
  const candidates = process.platform === 'linux' ? await lookAtAll() : await lookAt(pidFiles)
  const found: FoundProcess[] = []
  for (const { pid } of candidates.filter(({ words }) => isOurs(words))) {
    const identity = identifyProcess(pid)
    // Checked again, because the pid may have gone to another process in between.
    const words = identity === undefined ? [] : await commandLine(pid)
    if (identity !== undefined && isOurs(words)) found.push({ identity, words })
  }
  return found
}

let nextLook: Promise<readonly Candidate[]> | undefined

/**
 * Reading all command lines takes milliseconds, so callers share a look that is about to be taken; twenty
 * labs do.
 */
function lookAtAll(): Promise<readonly Candidate[]> {
  nextLook ??= nextTurn().then(() => {
    nextLook = undefined
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return pids.map(Number).map((pid) => ({ pid, words: linuxCommandLine(pid) }))
  })
  return nextLook
}

async function lookAt(pidFiles: readonly string[]): Promise<readonly Candidate[]> {
  const texts = await Promise.all(pidFiles.map(readIfPlain))
  const pids = texts.map(Number).filter((pid) => pid > 0)
  return Promise.all(pids.map(async (pid) => ({ pid, words: await commandLine(pid) })))
}

async function commandLine(pid: number): Promise<readonly string[]> {
  if (process.platform === 'linux') return linuxCommandLine(pid)
  const { stdout } = await runTool('ps', ['-p', String(pid), '-o', 'command=']).catch(() => ({ stdout: '' }))
  return stdout.trim().split(/\s+/)
}

/**
 * Synchronous: /proc never waits for a disk, and a hundred turns of the event loop cost more than reading.
 */
function linuxCommandLine(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** Stopped by a signal or a debugger: it does nothing until it is continued. */
export async function isSuspended(pid: number): Promise<boolean> {
  if (process.platform === 'linux') return /^State:\t[Tt]/m.test(linuxStatus(pid))
  const { stdout } = await runTool('ps', ['-p', String(pid), '-o', 'state=']).catch(() => ({ stdout: '' }))
  return stdout.startsWith('T')
}

function linuxStatus(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}

/** False if one of them still runs after `timeoutMs`. */
export async function areGone(processes: readonly FoundProcess[], timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (processes.some(({ identity }) => livenessOf(identity) === 'alive')) {
    if (performance.now() > deadline) return false
    await sleep(50)
  }
  return true
}

const KILL_WAIT_MS = 5_000

/**
 * Sends SIGKILL to those that are still proven to be the processes that were found, and waits for their end.
 */
export async function killProcesses(processes: readonly FoundProcess[]): Promise<void> {
  for (const { identity } of processes) {
    if (livenessOf(identity) === 'alive') sendSignal(identity.pid, 'SIGKILL')
  }
  await areGone(processes, KILL_WAIT_MS)
}
