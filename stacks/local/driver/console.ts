import { open } from 'node:fs/promises'
import { errnoOf } from './errors.js'
import { machineFiles } from './files.js'
import type { ConsoleRequest, ResultOf } from './protocol.js'

const DEFAULT_LINES = 40
const MOST_BYTES = 1024 * 1024

/** The last lines the guest wrote to its serial console; none when it never started. */
export async function readConsole(request: ConsoleRequest): Promise<ResultOf['console']> {
  const text = await readTail(machineFiles('', request.directory).console)
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  return { lines: lines.slice(-(request.lines ?? DEFAULT_LINES)) }
}

async function readTail(path: string): Promise<string> {
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
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
