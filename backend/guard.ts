import { randomUUID } from 'node:crypto'
import { mkdir, readlink, symlink, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BackendError } from './errors.js'
import { fits, type FormName } from './forms.js'
import { parseJson } from './parse-json.js'
import { currentProcess, isFromEarlierBoot, livenessOf, type ProcessIdentity } from './process-identity.js'
import { isErrno } from './system-error.js'

interface GuardHolder extends ProcessIdentity {
  /** Unique for each acquisition: the right to clear a dead holder's guard is tied to it. */
  readonly id: string
}

export interface GuardOptions {
  /** How long to wait for a living holder, in milliseconds. */
  readonly timeoutMs: number
  /** Called once if someone else holds the guard, with that process's pid. */
  readonly onWait?: (pid: number) => void
  /** Ends the waiting by throwing its reason. */
  readonly signal?: AbortSignal
  /** Throw ENOENT instead of making a folder for it. */
  readonly isFolderNeeded?: boolean
}

/**
 * Runs `action` while holding an exclusive file guard between the processes of this computer.
 *
 * The guard is a symbolic link whose target text names the holder, so it appears whole or not at all, and
 * needs neither a draft nor an fsync. A dead holder is proven dead by pid and start time. Its guard is
 * removed under a second guard named after that acquisition, so two processes never clear the same one, and a
 * living holder's is never cleared. Throws BackendError `guard-timeout` if a living (or unprovable) holder
 * keeps it longer than `timeoutMs`, and `file-refused` for something that withGuard did not make.
 */
export async function withGuard<T>(
  path: string,
  options: GuardOptions,
  action: () => Promise<T>,
): Promise<T> {
  const holder = await acquire(path, options)
  try {
    return await action()
  } finally {
    await removeGuardOf(holder, path)
  }
}

async function acquire(path: string, options: GuardOptions): Promise<GuardHolder> {
  const deadline = performance.now() + options.timeoutMs
  const holder: GuardHolder = { id: randomUUID(), ...currentProcess() }
  let announced = false
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted()
    if (await tryCreate(path, holder, options.isFolderNeeded === true)) return holder
    const other = await readHolder(path)
    if (other === undefined) continue
    if (isDead(other)) {
      await withGuard(`${path}.${other.id}`, options, () => removeGuardOf(other, path))
      continue
    }
    if (!announced) options.onWait?.(other.pid)
    announced = true
    if (performance.now() > deadline) {
      throw new BackendError({ code: 'guard-timeout', path, pid: other.pid, host: other.host })
    }
    await sleep(Math.min(2 + attempt * 2, 50) * (0.5 + Math.random()))
  }
}

async function tryCreate(path: string, holder: GuardHolder, isFolderNeeded: boolean): Promise<boolean> {
  try {
    await symlink(JSON.stringify(holder), path)
    return true
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    if (!isErrno(error, 'ENOENT') || isFolderNeeded) throw error
  }
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return false
}

async function removeGuardOf(holder: GuardHolder, path: string): Promise<void> {
  const present = await readHolder(path)
  if (present?.id === holder.id) await unlink(path)
}

/**
 * Others may be able to write this folder. Throws BackendError `file-refused` for anything that is not a
 * guard.
 */
async function readHolder(path: string): Promise<GuardHolder | undefined> {
  let target: string
  try {
    target = await readlink(path)
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    if (isErrno(error, 'EINVAL')) throw strange(path)
    throw error
  }
  const holder = parseJson(target)
  if (!isHolder(holder)) throw strange(path)
  return holder
}

const strange = (place: string): BackendError =>
  new BackendError({ code: 'file-refused', place, found: 'guard' })

/** The id becomes part of a file name, and messages show the host. */
function isHolder(value: unknown): value is GuardHolder {
  if (typeof value !== 'object' || value === null) return false
  const found: { readonly [K in keyof GuardHolder]?: unknown } = value
  const has = (form: FormName, text: unknown): boolean => typeof text === 'string' && fits(form, text)
  return (
    has('revision', found.id) &&
    has('line', found.host) &&
    has('boot', found.boot) &&
    has('startTime', found.startTime) &&
    Number.isSafeInteger(found.pid) &&
    Number(found.pid) > 0
  )
}

const isDead = (holder: GuardHolder): boolean => livenessOf(holder) === 'dead' || isFromEarlierBoot(holder)
