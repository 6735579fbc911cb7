import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { decodeObject, encodeObject } from './object-text.js'
import { BackendError } from './errors.js'
import { assertKey } from './keys.js'
import { isErrno, systemErrorOf } from './system-error.js'
import { withGuard } from './guard.js'
import { locationUrl, type DirectoryLocation } from './location.js'
import { assertPlainFile, assertPlainFolders, readPlainFile } from './plain-file.js'
import type { ObjectStore, StoredObject } from './store.js'

/** A guard is held for two fsyncs; who holds it longer is stuck, or suspended. In milliseconds. */
const guardTimeoutMs = 30_000

/**
 * Objects as files of one folder: a key is a path in it. Whatever starts with a dot is the store's own
 * (guards, drafts) or a stranger's (OpenTofu's lock) and never an object; drafts of killed writers stay
 * and are never read. Whoever shares the folder may have put anything there: links below the root are not followed, and pipes
 * and devices not waited for (BackendError `file-refused`).
 */
export class DirectoryStore implements ObjectStore {
  readonly kind = 'directory'
  readonly url: string
  readonly #root: string

  constructor(location: DirectoryLocation) {
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
      // A look is much less than a draft: each command begins with an event that is usually there.
      await this.#assertPlainFolders(key)
      if (await assertPlainFile(path)) throw taken
      await makeFolder(dirname(path))
      return withDraft(path, body, async (draft, version) => {
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
    return this.#guarded(key, version, () =>
      withDraft(path, body, async (draft, newVersion) => {
        await rename(draft, path)
        await syncFolder(dirname(path))
        return newVersion
      }),
    )
  }

  async remove(key: string, version: string): Promise<void> {
    const path = this.#path(key)
    await this.#guarded(key, version, async () => {
      await unlink(path)
      await syncFolder(dirname(path))
    })
  }

  async list(prefix: string): Promise<string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (folder !== '') assertKey(`${folder}x`)
    const keys = await reading(join(this.#root, folder), async () => {
      await assertPlainFolders(this.#root, folder)
      return listFiles(this.#root, folder)
    })
    return keys.filter((key) => key.startsWith(prefix)).sort()
  }

  /** The file system's clock: on a shared folder the server's. As coarse as that system's time stamps. */
  async now(): Promise<Date> {
    return writing(this.#root, async () => {
      const probe = join(this.#root, `.clock.${randomUUID()}`)
      await mkdir(this.#root, { recursive: true })
      try {
        return await timeOfNew(probe)
      } finally {
        await rm(probe, { force: true })
      }
    })
  }

  /** Runs `write` while nobody else can change the object, if it still has that version. */
  async #guarded<T>(key: string, version: string, write: () => Promise<T>): Promise<T> {
    const path = this.#path(key)
    const changed = new BackendError({ code: 'object-changed', key })
    return writing(path, async () => {
      // A folder that somebody has removed, or unmounted, is not made anew.
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

  #path(key: string): string {
    assertKey(key)
    return join(this.#root, key)
  }
}

/** Where there is no room for a byte the file stays empty, and its time is as good. */
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

/** Gives `publish` a complete, synced draft beside `path` to use up; where anything fails, none is left behind. */
async function withDraft<T>(
  path: string,
  body: string,
  publish: (draft: string, version: string) => Promise<T>,
): Promise<T> {
  const draft = hidden(path, `${randomUUID()}.draft`)
  const text = encodeObject(body)
  try {
    await writeFile(draft, text, { flag: 'wx', flush: true })
    return await publish(draft, decodeObject(text).version)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made))
}

/** A new name in a folder survives a power cut only once the folder itself is synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function listFiles(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return []
    throw error
  })
  const visible = entries.filter((entry) => !entry.name.startsWith('.'))
  const nested = await Promise.all(
    visible.map(async (entry) => {
      if (entry.isDirectory()) return listFiles(root, `${folder}${entry.name}/`)
      // What is no plain file is refused by name when it is read, not hidden.
      return [`${folder}${entry.name}`]
    }),
  )
  return nested.flat()
}

const reading = <T>(place: string, action: () => Promise<T>): Promise<T> =>
  explained('store-unreadable', place, action)

const writing = <T>(place: string, action: () => Promise<T>): Promise<T> =>
  explained('store-unwritable', place, action)

/** Turns what the file system says into a BackendError; everything else passes unchanged. */
async function explained<T>(
  code: 'store-unreadable' | 'store-unwritable',
  place: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action()
  } catch (error) {
    const said = systemErrorOf(error)
    if (said === undefined) throw error
    throw new BackendError({ code, place, reason: said.message }, { cause: error })
  }
}
