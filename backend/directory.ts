import { randomUUID } from 'node:crypto'
import { link, open, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { reading, writing } from './directory-errors.js'
import { listKeys } from './directory-listing.js'
import { decodeObject, encodeObject } from './object-text.js'
import { BackendError } from './errors.js'
import { exactly, makeFolder, modesIn, PRIVATE_MODES, syncFolder, type Modes } from './folder-modes.js'
import { assertKey } from './keys.js'
import { isErrno } from './system-error.js'
import { withGuard } from './guard.js'
import { locationUrl, type DirectoryLocation } from './location.js'
import { assertPlainFile, assertPlainFolders, readPlainFile } from './plain-file.js'
import type { ObjectStore, Skipped, StoredObject } from './store.js'

/** A guard is held for two fsyncs; a process that holds it longer is stuck or suspended. In milliseconds. */
const guardTimeoutMs = 30_000

export interface DirectoryOptions {
  /** No one named the folder, so it may be missing until the first lab. */
  readonly isImplied?: boolean | undefined
  /** The modes of everything it makes; by default those of the top folder. */
  readonly modes?: Modes | undefined
}

/**
 * Objects as files in one folder: a key is a path in it. Names that start with a dot are never objects: they
 * are the store's own (guards, drafts) or someone else's (OpenTofu's lock). Drafts of killed writers stay and
 * are never read. Anyone who shares the folder may have put anything there, so links below the root are not
 * followed, and pipes and devices are not waited for (BackendError `file-refused`). What it makes has the
 * mode of the top folder, or `modes`, whatever the umask.
 */
export class DirectoryStore implements ObjectStore {
  readonly kind = 'directory'
  readonly url: string
  readonly #root: string

  constructor(
    location: DirectoryLocation,
    private readonly options: DirectoryOptions = {},
  ) {
    this.#root = location.path
    this.url = locationUrl(location)
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const path = this.#path(key)
    return reading(path, async () => {
      await this.#assertPlainFolders(key)
      return readObject(path)
    })
  }

  async create(key: string, body: string): Promise<string> {
    const path = this.#path(key)
    const taken = new BackendError({ code: 'object-exists', key })
    return writing(path, async () => {
      // A look costs much less than a draft, and each command begins with an event that usually exists
      // already.
      await this.#assertPlainFolders(key)
      if (await assertPlainFile(path)) throw taken
      const modes = await this.#makeRoot()
      await makeFolder(dirname(path), modes.folder)
      return withDraft(path, body, modes.file, async (draft, version) => {
        try {
          await link(draft, path)
        } catch (error) {
          throw isErrno(error, 'EEXIST') ? taken : error
        }
        await unlink(draft)
        await syncFolder(dirname(path))
        return version
      })
    })
  }

  async replace(key: string, body: string, version: string): Promise<string> {
    const path = this.#path(key)
    return this.#guarded(key, version, async () => {
      const { file } = this.options.modes ?? (await modesIn(this.#root))
      return withDraft(path, body, file, async (draft, newVersion) => {
        await rename(draft, path)
        await syncFolder(dirname(path))
        return newVersion
      })
    })
  }

  async remove(key: string, version: string): Promise<void> {
    const path = this.#path(key)
    await this.#guarded(key, version, async () => {
      await unlink(path)
      await syncFolder(dirname(path))
    })
  }

  async discard(key: string): Promise<void> {
    const path = this.#path(key)
    await writing(path, async () => {
      await this.#assertPlainFolders(key)
      await rm(path, { force: true })
    })
  }

  async list(prefix: string, skipped?: Skipped): Promise<string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (folder !== '') assertKey(`${folder}x`)
    await reading(join(this.#root, folder), () => assertPlainFolders(this.#root, folder))
    const keys = await listKeys(this.#root, folder, skipped)
    if (keys === undefined) await this.#assertRoot()
    return (keys ?? []).filter((key) => key.startsWith(prefix)).sort()
  }

  /** If a named folder is missing or not mounted, that does not mean that there are no labs. */
  async #assertRoot(): Promise<void> {
    const place = this.#root
    if (this.options.isImplied === true || (await reading(place, () => isThere(place)))) return
    throw new BackendError({ code: 'store-folder-missing', place })
  }

  /** The file system's clock; on a shared folder, the server's. As coarse as that system's time stamps. */
  async now(): Promise<Date> {
    return writing(this.#root, async () => {
      const probe = join(this.#root, `.clock.${randomUUID()}`)
      await this.#makeRoot()
      try {
        return await timeOfNew(probe)
      } finally {
        await rm(probe, { force: true })
      }
    })
  }

  /** Runs `write` while no one else can change the object, if the object still has that version. */
  async #guarded<T>(key: string, version: string, write: () => Promise<T>): Promise<T> {
    const path = this.#path(key)
    const changed = new BackendError({ code: 'object-changed', key })
    return writing(path, async () => {
      // A folder that someone removed or unmounted is not created again.
      const options = { timeoutMs: guardTimeoutMs, isFolderNeeded: true }
      await this.#assertPlainFolders(key)
      try {
        return await withGuard(hidden(path, 'guard'), options, async () => {
          if ((await readObject(path))?.version !== version) throw changed
          return write()
        })
      } catch (error) {
        throw isErrno(error, 'ENOENT') ? changed : error
      }
    })
  }

  #assertPlainFolders(key: string): Promise<void> {
    return assertPlainFolders(this.#root, dirname(key))
  }

  /** A new folder is private to its owner; an existing one keeps the mode that its owner chose. */
  async #makeRoot(): Promise<Modes> {
    const found = await modesIn(this.#root).catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return undefined
      throw error
    })
    if (found === undefined) await makeFolder(this.#root, PRIVATE_MODES.folder)
    return this.options.modes ?? found ?? PRIVATE_MODES
  }

  #path(key: string): string {
    assertKey(key)
    return join(this.#root, key)
  }
}

/** If there is no room for a byte, the file stays empty, and its time is just as good. */
async function timeOfNew(path: string): Promise<Date> {
  try {
    await writeFile(path, '-', { flag: 'wx' })
  } catch (error) {
    const made = await stat(path).catch(() => undefined)
    if (made === undefined || !(isErrno(error, 'ENOSPC') || isErrno(error, 'EDQUOT'))) throw error
    return made.mtime
  }
  return (await stat(path)).mtime
}

const hidden = (path: string, suffix: string): string => join(dirname(path), `.${basename(path)}.${suffix}`)

async function readObject(path: string): Promise<StoredObject | undefined> {
  const text = await readPlainFile(path)
  return text === undefined ? undefined : decodeObject(text)
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}

/** Gives `publish` a complete, synced draft beside `path`. If anything fails, no draft stays behind. */
async function withDraft<T>(
  path: string,
  body: string,
  mode: number,
  publish: (draft: string, version: string) => Promise<T>,
): Promise<T> {
  const draft = hidden(path, `${randomUUID()}.draft`)
  const text = encodeObject(body)
  try {
    await writeDraft(draft, text, mode)
    return await publish(draft, decodeObject(text).version)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function writeDraft(draft: string, text: string, mode: number): Promise<void> {
  const file = await open(draft, 'wx', mode)
  try {
    await exactly(() => file.chmod(mode))
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}
