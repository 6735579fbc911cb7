import { fileURLToPath, pathToFileURL } from 'node:url'
import type { StepName } from '../../scripts/lifecycle/step-lists.js'

export const KILL_VARIABLE = 'STAND_IN_KILL'

/** Where the CLI is killed; `end` has no step. */
export type KillPoint =
  | { readonly when: 'before' | 'during' | 'after'; readonly step: StepName }
  | { readonly when: 'end'; readonly step: 'end' }

const PROGRAM = fileURLToPath(new URL('kill-at.js', import.meta.url))

/** The environment in which a CLI is killed there. */
export const killedAt = (point: KillPoint): Record<string, string> => ({
  [KILL_VARIABLE]: JSON.stringify(point),
  NODE_OPTIONS: `--import=${pathToFileURL(PROGRAM).href}`,
})
