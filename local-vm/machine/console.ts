import { constants } from 'node:fs'
import { appendFile, open } from 'node:fs/promises'
import { errnoOf, writeFailure } from '../errors.js'
import { machineFiles, type MachineFiles } from '../files.js'
import { PRIVATE_FILE } from './folder.js'
import type { ConsoleRequest, ResultOf } from '../protocol.js'

const DEFAULT_LINES = 40
const MOST_BYTES = 1024 * 1024
const MARK = '[distrolab]'

/** The last lines the guest wrote to its serial console; none if it never started. */
export async function readConsole(request: ConsoleRequest): Promise<ResultOf['console']> {
  const lines = await readLines(machineFiles('', request.directory))
  if (lines.at(-1) === '') lines.pop()
  return { lines: lines.slice(-(request.lines ?? DEFAULT_LINES)) }
}

/** Writes our own line between the guest's output before and after `event`. QEMU appends behind it. */
export async function markConsole(files: MachineFiles, event: string): Promise<void> {
  try {
    const line = `\n${MARK} ${new Date().toISOString()} ${event}\n`
    await appendFile(files.console, line, { mode: PRIVATE_FILE })
  } catch (error) {
    throw writeFailure(error, files.directory)
  }
}

/**
 * Why the guest's kernel has halted since our last mark; undefined if it has not. Linux prints this line last
 * if it is not told to restart by itself (kernel/panic.c).
 */
export async function findPanic(files: MachineFiles): Promise<string | undefined> {
  const lines = await readLines(files)
  const since = lines.slice(lines.findLastIndex((line) => line.startsWith(MARK)) + 1)
  for (const line of since) {
    const reason = /---\[ end Kernel panic - not syncing: (.*?) ?\]---/.exec(line)?.[1]
    if (reason !== undefined) return reason
  }
  return undefined
}

async function readLines(files: MachineFiles): Promise<string[]> {
  return (await readTail(files.console)).split(/\r?\n/)
}

async function readTail(path: string): Promise<string> {
  try {
    // Never wait for a pipe in its place.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const found = await file.stat()
      const size = found.isFile() ? found.size : 0
      const from = Math.max(0, size - MOST_BYTES)
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
      return buffer.subarray(0, bytesRead).toString('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return ''
    throw error
  }
}
