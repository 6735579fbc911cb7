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
  /** Unique per acquisition: the right to clear a dead holder's guard is bound to it. */
  readonly id: string
}

export interface GuardOptions {
  /** How long to wait for a living holder, in milliseconds. */
  readonly timeoutMs: number
  /** Called once when the guard is held by somebody else, with that process's pid. */
  readonly onWait?: (pid: number) => void
  /** Ends the waiting by throwing its reason. */
  readonly signal?: AbortSignal
  /** Instead of a folder being made for it, ENOENT is thrown. */
  readonly isFolderNeeded?: boolean
}

/**
 * Runs `action` while holding an exclusive file guard between the processes of this computer.
 *
 * The guard is a symbolic link whose target text names the holder, so it appears whole or not at all, and
 * needs neither a draft nor an fsync. A holder that died is proven dead by pid and start time; its guard is
 * removed under a second guard named after that very acquisition, so no two processes clear the same one
 * and nobody can clear a living holder's.
 * Throws BackendError `guard-timeout` when a living (or unprovable) holder keeps it past `timeoutMs`, and `file-refused` for
 * what no withGuard has made.
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

/** Its folder may be one that others write too. Throws BackendError `file-refused` for what is no guard. */
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

/** The id becomes part of a file's name, and the host is shown. */
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
