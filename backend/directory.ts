import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { link, mkdir, open, rename, rm, stat, unlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { reading, writing } from './directory-errors.js'
import { listKeys } from './directory-listing.js'
import { decodeObject, encodeObject } from './object-text.js'
import { BackendError } from './errors.js'
import { assertKey } from './keys.js'
import { isErrno } from './system-error.js'
import { withGuard } from './guard.js'
import { locationUrl, type DirectoryLocation } from './location.js'
import { tooLong, type ObjectStore, type Skipped, type StoredObject } from './store.js'

/** A guard is held for two fsyncs; who holds it longer is stuck, or suspended. In milliseconds. */
const guardTimeoutMs = 30_000

/**
 * Objects as files of one folder: a key is a path in it. Whatever starts with a dot is the store's own
 * (guards, drafts) or a stranger's (OpenTofu's lock) and never an object; drafts of killed writers stay
 * and are never read.
 */
export class DirectoryStore implements ObjectStore {
  readonly kind = 'directory'
  readonly url: string
  readonly #root: string
  readonly #isImplied: boolean

  /** `isImplied`: nobody named the folder, so that it need not be there before the first lab. */
  constructor(location: DirectoryLocation, { isImplied = false }: { readonly isImplied?: boolean } = {}) {
    this.#root = location.path
    this.#isImplied = isImplied
    this.url = locationUrl(location)
  }

  async get(key: string): Promise<StoredObject | undefined> {
    const path = this.#path(key)
    return reading(path, () => readObject(path))
  }

  async create(key: string, body: string): Promise<string> {
    const path = this.#path(key)
    const taken = new BackendError({ code: 'object-exists', key })
    return writing(path, async () => {
      // A look is much less than a draft: each command begins with an event that is usually there.
      if (await isThere(path)) throw taken
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

  async list(prefix: string, skipped?: Skipped): Promise<string[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (folder !== '') assertKey(`${folder}x`)
    const keys = await listKeys(this.#root, folder, skipped)
    if (keys === undefined) await this.#assertRoot()
    return (keys ?? []).filter((key) => key.startsWith(prefix)).sort()
  }

  /** A folder that somebody named and that is not there, or is not mounted, is none without labs. */
  async #assertRoot(): Promise<void> {
    const place = this.#root
    if (this.#isImplied || (await reading(place, () => isThere(place)))) return
    throw new BackendError({ code: 'store-folder-missing', place })
  }

  /** The file system's clock: on a shared folder the server's. As coarse as that system's time stamps. */
  async now(): Promise<Date> {
    return writing(this.#root, async () => {
      const probe = join(this.#root, `.clock.${randomUUID()}`)
      await mkdir(this.#root, { recursive: true })
      await writeFile(probe, '-', { flag: 'wx' })
      try {
        return (await stat(probe)).mtime
      } finally {
        await unlink(probe)
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

  #path(key: string): string {
    assertKey(key)
    return join(this.#root, key)
  }
}

const hidden = (path: string, suffix: string): string => join(dirname(path), `.${basename(path)}.${suffix}`)

async function readObject(path: string): Promise<StoredObject | undefined> {
  try {
    // Opening a pipe would wait for its writer.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      assertReadable(path, await file.stat())
      return decodeObject(await file.readFile('utf8'))
    } finally {
      await file.close()
    }
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}

/** Throws BackendError `store-unreadable` for what is no object of ours. */
function assertReadable(place: string, stat: Stats): void {
  if (!stat.isFile()) throw new BackendError({ code: 'store-unreadable', place, reason: 'it is not a file' })
  const reason = tooLong(stat.size)
  if (reason !== undefined) throw new BackendError({ code: 'store-unreadable', place, reason })
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
