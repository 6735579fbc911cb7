import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { AnyLab } from '../backend/lab.js'
import { readPlainFileSync, refusalIn } from '../backend/plain-file.js'
import { ownUserId } from '../backend/own-user.js'
import { isErrno, systemErrorOf } from '../backend/system-error.js'
import { LabError } from './errors.js'

/**
 * Identifies this user of this computer in 16 hex digits; a local lab is found by it. Host names repeat, and
 * so do machine ids (containers of one image have the same one, or none), so a random part is kept in the
 * state folder, where the machines' disks are. Undefined if that folder never had one, and so holds no
 * machines. machine-id(5) asks not to reveal the id itself.
 */
export function findComputerId(home: string): string | undefined {
  const part = readIfThere(fileIn(home))
  if (part === undefined || !/^[0-9a-f]{32}$/.test(part)) return undefined
  const whole = ['distrolab', machineId(), ownUserId(), part].join(' ')
  return createHash('sha256').update(whole).digest('hex').slice(0, 16)
}

/** Whether a local lab's machines live with another user or computer. `home`: the state folder of this one. */
export const isOtherComputer = (home: string, { computer, host }: AnyLab['owner']): boolean =>
  computer === undefined ? host !== hostname() : computer !== findComputerId(home)

/** Like `findComputerId`, but created if there is none. Throws LabError `folder-unwritable`. */
export function ensureComputerId(home: string): string {
  const known = findComputerId(home)
  if (known !== undefined) return known
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    writeFileSync(fileIn(home), `${randomBytes(16).toString('hex')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    // Another process was faster; a file that is not ours is reported below.
    if (!isErrno(error, 'EEXIST')) throw unwritable(home, error)
  }
  const made = findComputerId(home)
  if (made !== undefined) return made
  throw unwritable(home, new Error(`${fileIn(home)} does not hold 32 hex digits; remove it`))
}

function machineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim()
  } catch {
    return ''
  }
}

const fileIn = (home: string): string => join(home, 'computer-id')

function readIfThere(path: string): string | undefined {
  try {
    return readPlainFileSync(path, { links: 'followed' })?.trim()
  } catch (error) {
    const reason = refusalIn(error)
    if (reason !== undefined) throw unwritable(path, new Error(`it is ${reason}`))
    throw unwritable(path, error)
  }
}

function unwritable(place: string, error: unknown): unknown {
  const reason = systemErrorOf(error)?.message ?? (error as Error).message
  return new LabError({ code: 'folder-unwritable', place, reason }, { cause: error })
}
