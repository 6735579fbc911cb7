import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

export interface SandboxProcess {
  readonly pid: number
  readonly role: 'cli' | 'engine' | 'driver' | 'watchdog' | 'machine' | 'other'
  readonly words: readonly string[]
  /** A machine that runs by itself; a process that has only begun to start it does not count. */
  readonly isDaemon: boolean
}

/**
 * Every living process that belongs to a sandbox: a folder of it is in its environment, its arguments, or its
 * working directory.
 */
export function processesOf(root: string): SandboxProcess[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => isAtWorkIn(pid, `${root}/`) && !isZombie(pid))
    .map((pid) => {
      const words = read(pid, 'cmdline')
      const isDaemon = read(pid, 'environ').includes('FAKE_QEMU_DAEMON=1')
      return { pid: Number(pid), role: roleOf(words), words, isDaemon }
    })
  return all.filter((process) => process.role !== 'engine' || !isFork(process, all))
}

function isAtWorkIn(pid: string, folder: string): boolean {
  const files = ['environ', 'cmdline'].map((file) => readBytes(pid, file))
  return files.some((bytes) => bytes.includes(folder)) || `${placeOf(pid)}/`.startsWith(folder)
}

function placeOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return ''
  }
}

/** A shell shows its own words a second time until the program that it starts has begun. */
function isFork({ pid, words }: SandboxProcess, all: readonly SandboxProcess[]): boolean {
  const [, parent] = /^PPid:\t(\d+)$/m.exec(read(String(pid), 'status').join('')) ?? []
  return all.some((other) => other.pid === Number(parent) && other.words.join(' ') === words.join(' '))
}

function roleOf(words: readonly string[]): SandboxProcess['role'] {
  if (words.some((word) => word.endsWith('/bundle/cli.js'))) return 'cli'
  if (words.some((word) => word.endsWith('/bundle/driver.js'))) return 'driver'
  if (words.some((word) => word.endsWith('/bundle/watchdog.js'))) return 'watchdog'
  if (words.includes('-pidfile')) return 'machine'
  return words.some((word) => word.endsWith('/tofu')) ? 'engine' : 'other'
}

const isZombie = (pid: string): boolean =>
  / Z /.test(
    read(pid, 'stat')
      .join(' ')
      .replace(/\(.*\)/, ''),
  )

const read = (pid: string, file: string): string[] => readBytes(pid, file).toString().split('\0')

/** Processes that have just ended, and those of other users, cannot be read. */
function readBytes(pid: string, file: string): Buffer {
  try {
    return readFileSync(`/proc/${pid}/${file}`)
  } catch {
    return Buffer.of()
  }
}

/** Sends a signal unless the process has just ended. */
export function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
