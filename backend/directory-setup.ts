import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { BackendError } from './errors.js'
import type { DirectoryLocation } from './location.js'
import type { Setup, Visibility } from './setup.js'
import { shownUser } from './own-user.js'
import { isErrno, systemErrorOf } from './system-error.js'

/**
 * A folder: a new one is private to its owner. An existing folder keeps its mode, because it may be shared on
 * purpose or be used by others.
 */
export class DirectorySetup implements Setup {
  readonly aspects = []
  readonly isTrusted = true

  constructor(private readonly location: DirectoryLocation) {}

  async make(): Promise<'made' | 'found'> {
    const { path } = this.location
    try {
      const made = await mkdir(path, { recursive: true, mode: 0o700 })
      await access(path, constants.R_OK | constants.W_OK | constants.X_OK)
      return made === undefined ? 'found' : 'made'
    } catch (error) {
      const reason = systemErrorOf(error)?.message
      if (reason === undefined) throw error
      throw new BackendError({ code: 'store-unwritable', place: path, reason }, { cause: error })
    }
  }

  async visibility(): Promise<Visibility> {
    const mode = await this.#mode()
    const open = mode !== undefined && (mode & 0o007) !== 0 ? [`mode ${(mode & 0o7777).toString(8)}`] : []
    return { open, blocked: [], untold: [] }
  }

  async identity(): Promise<string> {
    return shownUser()
  }

  /** Undefined: there is no such folder. */
  async #mode(): Promise<number | undefined> {
    try {
      return (await stat(this.location.path)).mode
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return undefined
      const reason = systemErrorOf(error)?.message
      if (reason === undefined) throw error
      const place = this.location.path
      throw new BackendError({ code: 'store-unreadable', place, reason }, { cause: error })
    }
  }
}
