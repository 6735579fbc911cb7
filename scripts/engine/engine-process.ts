import { readFileSync, readlinkSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { livenessOf, type ProcessIdentity } from '../../backend/process-identity.js'
import { systemErrorOf } from '../../backend/system-error.js'

/**
 * Whether a recorded process is an OpenTofu working in this folder. Anyone who can write a record can name
 * any process in it, so only a process that matches the record is waited for or interrupted.
 */
export async function isEngineAtWork(identity: ProcessIdentity, folder: string): Promise<boolean> {
  if (livenessOf(identity) !== 'alive') return false
  // The system reports the real path, without links.
  const place = await realpath(folder).catch(() => folder)
  return isIn(place, workingFolder(identity.pid)) && isEngine(commandLine(identity.pid))
}

/** The folder may have been deleted since, and `recover` also uses this function. */
function isIn(folder: string, place: string | undefined): boolean {
  const path = place?.replace(/ \(deleted\)$/, '')
  return path === folder || path?.startsWith(`${folder}/`) === true
}

const VERBS: ReadonlySet<string> = new Set(['init', 'apply', 'destroy', 'state'])

/** `tofu VERB -…` under any name of the program; for a script in its place, the interpreter comes first. */
function isEngine([, ...words]: readonly string[]): boolean {
  const at = words.slice(0, 2).findIndex((word) => VERBS.has(word))
  return at >= 0 && words.slice(at + 1).some((word) => word === '-no-color' || word === '-input=false')
}

const workingFolder = (pid: number): string | undefined => fromProc(() => readlinkSync(`/proc/${pid}/cwd`))

const commandLine = (pid: number): readonly string[] =>
  fromProc(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')) ?? []

/** Undefined for a process that has ended, or that belongs to another user. */
function fromProc<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (systemErrorOf(error) !== undefined) return undefined
    throw error
  }
}
