import { fileURLToPath, pathToFileURL } from 'node:url'
import type { ExecPart, StepName } from '../../scripts/lab/step-lists.js'

/** How a CLI is struck; the second Ctrl-C comes while the first is still being handled. */
export const strokes = {
  'kill -9': ['SIGKILL'],
  'Ctrl-C': ['SIGINT'],
  'Ctrl-C twice': ['SIGINT', 'SIGINT'],
  'a TERM signal': ['SIGTERM'],
  'a HUP signal': ['SIGHUP'],
} as const satisfies Record<string, readonly NodeJS.Signals[]>

export type Stroke = keyof typeof strokes

export const KILL_VARIABLE = 'STAND_IN_KILL'

/** A recorded step, or a part of an `exec`, which only the log mentions. */
export type Part = StepName | ExecPart

/** Where the CLI is struck; the beginning and the end of a command have no step. */
export type KillPoint =
  | { readonly when: 'before' | 'during' | 'after'; readonly step: Part }
  | { readonly when: 'begin' | 'end'; readonly step: null }

const PROGRAM = fileURLToPath(new URL('kill-at.js', import.meta.url))

/** The variable's value, as JSON. */
export type Strike = KillPoint & { readonly signals: readonly NodeJS.Signals[] }

/** The environment for a CLI that is struck there; it must be started with `-v`. */
export const struckAt = (point: KillPoint, by: Stroke): Record<string, string> => ({
  [KILL_VARIABLE]: JSON.stringify({ ...point, signals: strokes[by] } satisfies Strike),
  NODE_OPTIONS: `--import=${pathToFileURL(PROGRAM).href}`,
})
