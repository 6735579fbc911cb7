import { constants } from 'node:fs'
import { link, lstat, mkdir, open, readlink, realpath, rename, rm, unlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { BackendError } from '../../backend/errors.js'
import { exactly } from '../../backend/folder-modes.js'
import { withGuard } from '../../backend/guard.js'
import { ownUserId } from '../../backend/own-user.js'
import { assertSize } from '../../backend/plain-file.js'
import { isErrno, systemErrorOf } from '../../backend/system-error.js'

/** Why a file of the user was left as it is, in words that follow "because". */
export class LeftAlone extends Error {
  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options)
    this.name = 'LeftAlone'
  }
}

/** The new content, or undefined to leave it. */
export type Change = (content: Buffer) => Buffer | undefined

export interface Edited {
  readonly isChanged: boolean
  /** ssh(1) refuses a configuration that others can write. */
  readonly isOpenToOthers: boolean
}

const GUARD_MS = 10_000
/** Each needs someone else's change between our reading and our writing. */
const MOST_ATTEMPTS = 50

/**
 * Changes a file of the user's `~/.ssh`: wholly or not at all, never over someone else's change, with the same
 * mode and group, behind a link that stays. Makes it, and its folder, if they do not exist. Throws LeftAlone
 * for a file that the user made read-only, that is not theirs, or that cannot be written.
 */
export async function editUserFile(file: string, change: Change): Promise<Edited> {
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const target = await targetOf(file)
    return await withGuard(`${target}.distrolab`, { timeoutMs: GUARD_MS, isFolderNeeded: true }, () =>
      attempt(target, change),
    )
  } catch (error) {
    if (error instanceof BackendError && error.fault.code === 'guard-timeout')
      throw new LeftAlone(`another distrolab command (pid ${error.fault.pid}) is changing it`, {
        cause: error,
      })
    if (error instanceof BackendError && error.fault.code === 'file-refused')
      throw new LeftAlone('it is far too large, or something else is in the place of its lock', {
        cause: error,
      })
    const said = systemErrorOf(error)
    if (said === undefined) throw error
    throw new LeftAlone(reasonOf(said.code) ?? said.message, { cause: error })
  }
}

const reasonOf = (code: string): string | undefined =>
  ({
    ENOENT: 'its link leads to a folder that does not exist',
    EEXIST: 'a file is in the place of its folder',
    ENOTDIR: 'a file is in the place of its folder',
    EACCES: 'permission is denied',
    EPERM: 'the system does not permit it',
    EROFS: 'its file system is read-only',
    ENOSPC: 'the disk is full',
    ELOOP: 'its links lead in a circle',
  })[code]

/** Where the links of a path end, even if nothing is there yet. */
async function targetOf(file: string): Promise<string> {
  try {
    return await realpath(file)
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
  }
  const found = await lstat(file).catch(unlessMissing)
  return found?.isSymbolicLink() === true ? targetOf(resolve(dirname(file), await readlink(file))) : file
}

async function attempt(target: string, change: Change): Promise<Edited> {
  for (let tries = 0; tries < MOST_ATTEMPTS; tries++) {
    const before = await look(target)
    const after = change(before?.content ?? Buffer.alloc(0))
    const isOpenToOthers = ((before?.mode ?? 0) & 0o022) !== 0
    if (after === undefined) return { isChanged: false, isOpenToOthers }
    assertOurs(before, await folderOwner(target))
    if (await replace(target, before, after)) return { isChanged: true, isOpenToOthers }
  }
  throw new LeftAlone('something else keeps changing it')
}

interface Found {
  readonly content: Buffer
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** Undefined if it does not exist. Never waits for a pipe's writer. */
async function look(target: string): Promise<Found | undefined> {
  const there = await lstat(target).catch(unlessMissing)
  if (there === undefined) return undefined
  if (there.isDirectory()) throw new LeftAlone('it is a folder')
  if (!there.isFile()) throw new LeftAlone('it is a pipe, socket or device')
  const handle = await open(target, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const { mode, uid, gid, size } = await handle.stat()
    assertSize(target, size)
    return { content: await handle.readFile(), mode: mode & 0o7777, uid, gid }
  } finally {
    await handle.close()
  }
}

const folderOwner = async (target: string): Promise<number> => (await lstat(dirname(target))).uid

/** Replacing a file changes its owner, and ssh(1) refuses one that belongs to someone else. */
function assertOurs(found: Found | undefined, folderUid: number): void {
  const uid = found?.uid ?? folderUid
  if (uid !== ownUserId()) throw new LeftAlone(`it belongs to another user (uid ${uid})`)
  if (found !== undefined && (found.mode & 0o200) === 0) throw new LeftAlone('it is read-only')
}

/** False if it changed since `before`. */
async function replace(target: string, before: Found | undefined, content: Buffer): Promise<boolean> {
  const draft = `${target}.distrolab-draft`
  try {
    await writeDraft(draft, before, content)
    if (before === undefined) return await placeNew(draft, target)
    const now = await look(target)
    if (now?.content.equals(before.content) !== true || now.mode !== before.mode) return false
    await rename(draft, target)
    return true
  } finally {
    await rm(draft, { force: true })
  }
}

async function writeDraft(draft: string, before: Found | undefined, content: Buffer): Promise<void> {
  // One left by a killed command; the guard says that no living one has it.
  await rm(draft, { force: true })
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    if (before !== undefined) {
      await exactly(() => handle.chown(before.uid, before.gid))
      await exactly(() => handle.chmod(before.mode))
    }
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A link, unlike a rename, never replaces what has appeared meanwhile. */
async function placeNew(draft: string, target: string): Promise<boolean> {
  try {
    await link(draft, target)
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false
    throw error
  }
  await unlink(draft)
  return true
}

function unlessMissing(error: unknown): undefined {
  if (!isErrno(error, 'ENOENT')) throw error
}
