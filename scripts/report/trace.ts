import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemErrorOf } from '../../backend/system-error.js'
import { traceFile } from '../workspace.js'
import { printable } from './printable.js'
import type { Redact } from './redact.js'

/** Saves where one of our own bugs happened. Returns the file; undefined if it cannot be written. */
export function keepTrace(home: string, error: unknown, redact: Redact): string | undefined {
  const file = traceFile(home)
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    appendFileSync(file, `${new Date().toISOString()} ${printable(redact(stack))}\n`, { mode: 0o600 })
    return file
  } catch (failure) {
    if (systemErrorOf(failure) === undefined) throw failure
    return undefined
  }
}
