import type { State } from '../../../backend/lab-state.js'
import type { Part } from '../../stand-in/kill-point.js'
import { stepsOf, type CrashCase, type Verb } from './crash-commands.js'

/**
 * What must be on record when a command was killed: by hand, because the commands are what is tested. The lab was ready
 * before, and for `up` destroyed.
 */
const working: Readonly<Record<Verb, (step: Part) => State>> = {
  up: (step) => (['image', 'synth', 'init', 'apply'].includes(step) ? 'provisioning' : 'configuring'),
  down: () => 'destroying',
  cleanup: () => 'destroying',
  reap: () => 'destroying',
  swap: (step) => (step === 'image' ? 'ready' : 'swapping'),
  reset: () => 'resetting',
  extend: () => 'ready',
  exec: () => 'in-use',
  'exec --local': () => 'in-use',
  cp: () => 'in-use',
  stop: () => 'ready',
  start: () => 'ready',
}

/** When its first step is about to begin. */
const beginning: Readonly<Record<Verb, State>> = {
  up: 'destroyed',
  down: 'ready',
  cleanup: 'ready',
  reap: 'ready',
  swap: 'ready',
  reset: 'ready',
  extend: 'ready',
  exec: 'in-use',
  'exec --local': 'in-use',
  cp: 'in-use',
  stop: 'ready',
  start: 'ready',
}

export const ending = (verb: Verb): State =>
  verb === 'down' || verb === 'cleanup' || verb === 'reap' ? 'destroyed' : 'ready'

const isUse = (verb: Verb): boolean => verb === 'exec' || verb === 'exec --local' || verb === 'cp'

export interface OnRecord {
  readonly state: State
  readonly step: Part | null
}

/** The state and step on record after a kill. */
export function recordedAt({ verb, point }: Pick<CrashCase, 'verb' | 'point'>): OnRecord {
  if (point.step === null) return { state: point.when === 'begin' ? 'ready' : ending(verb), step: null }
  // Its parts are no steps on record.
  if (isUse(verb)) return { state: 'in-use', step: null }
  if (point.when !== 'before') return { state: working[verb](point.step), step: point.step }
  const former = stepsOf(verb)[stepsOf(verb).indexOf(point.step) - 1]
  if (former === undefined) return { state: beginning[verb], step: null }
  if (verb === 'up' && point.step === 'wait-ssh') return { state: 'provisioned', step: null }
  return { state: working[verb](former), step: former }
}

/** Where an interrupt is heard: in its step, or at the beginning of the next one when that step had nothing to wait for. */
export function interruptedAt({ verb, point }: CrashCase): readonly (string | null)[] {
  if (isUse(verb)) return [null]
  const heard = hearing({ verb, point })
  // After it the lab is provisioned, and no step is under way until the next.
  return verb === 'up' && point.step === 'apply' ? [...heard, null] : heard
}

/** Who hears it in the last step may end with that. */
export const mayBeOver = (crash: CrashCase): boolean =>
  hearing(crash).some((step) => step === stepsOf(crash.verb).at(-1))

function hearing({ verb, point }: Pick<CrashCase, 'verb' | 'point'>): readonly Part[] {
  const at = stepsOf(verb).findIndex((step) => step === point.step)
  return stepsOf(verb).slice(at, at + 2)
}

/** What is reaped has expired. */
export const timeOf = (verb: Verb): 'over' | 'left' => (verb === 'reap' ? 'over' : 'left')

/** What `recover` must say first of a lab in this state; undefined: nothing is to be done. */
export function nextOf(state: State, lab: string, time: 'over' | 'left'): string | undefined {
  if (state === 'destroyed') return undefined
  if (state.startsWith('destroy')) return `distrolab down ${lab}`
  if (time === 'over') return `distrolab extend ${lab} && distrolab up ${lab}`
  return state === 'ready' ? undefined : `distrolab up ${lab}`
}
