import type { Context } from '../context.js'

/** A machine that has booted and is kept, so that others are cloned from it. */
export interface WarmImage {
  readonly distro: string
  readonly key: string
  readonly vcpus: number
  readonly memoryMiB: number
  readonly diskGiB: number
  /** For labs of several machines. */
  readonly hasNetwork: boolean
  /** On disk. */
  readonly bytes: number
  /** ISO 8601. */
  readonly usedAt: string
}

export interface WarmedImage {
  readonly distro: string
  readonly key: string
  /** On disk. */
  readonly bytes: number
  /** False: it already existed. */
  readonly isNew: boolean
}

/** For a provider whose machines can be clones. */
export interface WarmImages {
  /**
   * Makes the warm images of these distros, in the size that the settings ask for, one after the other. Throws LabError
   * usage or driver, or CatalogError.
   */
  make(context: Context, distros: readonly string[], hasNetwork: boolean): Promise<readonly WarmedImage[]>
  /** By distro. Only looks. */
  list(context: Pick<Context, 'space'>): Promise<readonly WarmImage[]>
  /**
   * Removes those that have not been used for `unusedMs`; null: all. Machines that were cloned from them keep running.
   * Returns what it removed.
   */
  prune(context: Pick<Context, 'space'>, unusedMs: number | null): Promise<readonly WarmImage[]>
}
