import { readIfPlain } from '../../backend/plain-file.js'
import { parseJson } from '../../backend/parse-json.js'
import { DriverError } from '../errors.js'
import type { MachineFiles } from '../files.js'
import { putFile } from './folder.js'

/** An ISO 8601 time in UTC. `Date.parse` alone accepts almost anything: "5" is a day in 2001. */
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

/** When the machine must be off, according to its file; null: never. */
interface Expiry {
  readonly expiresAt: string | null
}

/** Undefined if the file was never written, is missing or is damaged. */
export async function readExpiry(files: MachineFiles): Promise<Expiry['expiresAt'] | undefined> {
  const text = await readIfPlain(files.expiry)
  return text === undefined ? undefined : parseExpiry(text)
}

export function parseExpiry(text: string): Expiry['expiresAt'] | undefined {
  const { expiresAt } = (parseJson(text) ?? {}) as { readonly expiresAt?: unknown }
  if (expiresAt === null) return null
  return typeof expiresAt === 'string' && TIME.test(expiresAt) && !Number.isNaN(Date.parse(expiresAt))
    ? expiresAt
    : undefined
}

/** "Never" is written too, so that a missing file does not mean it. */
export async function writeExpiry(files: MachineFiles, expiresAt: string | null): Promise<void> {
  await putFile(files.expiry, `${JSON.stringify({ expiresAt } satisfies Expiry)}\n`)
}

/** Milliseconds until the machine must be off, by the wall clock; 0 if it has expired. */
export const timeLeft = (expiresAt: string, now: number): number => Math.max(0, Date.parse(expiresAt) - now)

/** Throws machine-expired. */
export function refuseExpired(id: string, expiresAt: string | null | undefined): void {
  if (typeof expiresAt !== 'string' || timeLeft(expiresAt, Date.now()) > 0) return
  throw new DriverError({ code: 'machine-expired', id, expiresAt })
}
