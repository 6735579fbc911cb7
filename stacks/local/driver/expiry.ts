import { readFile, rm } from 'node:fs/promises'
import { DriverError, errnoOf } from './errors.js'
import type { MachineFiles } from './files.js'
import { putFile } from './folder.js'

/** When a machine must be off, as an ISO 8601 time in UTC. */
interface Expiry {
  readonly expiresAt: string
}

/** Undefined when the machine has none, or is gone. */
export async function readExpiry(files: MachineFiles): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(files.expiry, 'utf8')) as Expiry).expiresAt
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}

/** Null takes the expiry away. */
export async function writeExpiry(files: MachineFiles, expiresAt: string | null): Promise<void> {
  if (expiresAt === null) return rm(files.expiry, { force: true })
  await putFile(files.expiry, `${JSON.stringify({ expiresAt } satisfies Expiry)}\n`)
}

/** Milliseconds until the machine must be off, by the wall clock; 0 once it is due. */
export const timeLeft = (expiresAt: string, now: number): number => Math.max(0, Date.parse(expiresAt) - now)

/** Throws machine-expired. */
export function refuseExpired(id: string, expiresAt: string | undefined): void {
  if (expiresAt === undefined || timeLeft(expiresAt, Date.now()) > 0) return
  throw new DriverError({ code: 'machine-expired', id, expiresAt })
}
