import type { Environment } from '../env.js'
import type { Progress } from '../report/progress.js'
import type { Archive } from './release.js'

export interface ObtainOptions {
  readonly env: Environment
  /** The pinned release for this computer; undefined if there is none. */
  readonly archive: Archive | undefined
  /**
   * URL of a copy of OpenTofu's releases on GitHub, used instead of them. It may contain a user and a
   * password.
   */
  readonly mirror: string | undefined
  readonly signal: AbortSignal
  readonly progress: Progress
}
