import {
  cpParts,
  downSteps,
  execParts,
  extendSteps,
  resetSteps,
  startSteps,
  stopSteps,
  swapSteps,
  upSteps,
} from '../../../scripts/lab/step-lists.js'
import type { KillPoint, Part, Stroke } from '../../stand-in/kill-point.js'

/** The very lists that the commands go by. */
const lists = {
  up: upSteps('ready', 'snapshot'),
  down: downSteps,
  cleanup: downSteps,
  reap: downSteps,
  swap: swapSteps('snapshot'),
  reset: resetSteps('snapshot'),
  extend: extendSteps,
  exec: execParts.machine,
  'exec --local': execParts.local,
  cp: cpParts,
  stop: stopSteps,
  start: startSteps,
} as const satisfies Readonly<Record<string, readonly Part[]>>

/** Every command that changes a lab in steps. */
export type Verb = keyof typeof lists
export const verbs = Object.keys(lists) as Verb[]
export const stepsOf = (verb: Verb): readonly Part[] => lists[verb]

/** What comes after a command that was struck; `recover` is with `--apply`. */
export type Follower = 'up' | 'down' | 'recover'

/** A command that is struck at a point, and the one that comes after it. */
export interface CrashCase {
  readonly verb: Verb
  readonly point: KillPoint
  readonly by: Stroke
  readonly then: Follower
}
