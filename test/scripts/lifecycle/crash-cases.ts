import type { State } from '../../../backend/lab-state.js'
import {
  downSteps,
  resetSteps,
  swapSteps,
  upSteps,
  type StepName,
} from '../../../scripts/lifecycle/step-lists.js'
import type { KillPoint } from '../../stand-in/kill-point.js'

export type Verb = 'up' | 'down' | 'swap' | 'reset'

/** A command that is killed at a point, and the one that comes after it. */
export interface CrashCase {
  readonly verb: Verb
  readonly point: KillPoint
  readonly then: 'up' | 'down'
}

/** The very lists that the commands go by. */
const steps: Readonly<Record<Verb, readonly StepName[]>> = {
  up: upSteps('ready', 'snapshot'),
  down: downSteps,
  swap: swapSteps('snapshot'),
  reset: resetSteps('snapshot'),
}

const pointsOf = (verb: Verb): KillPoint[] => [
  ...steps[verb].flatMap((step) => (['before', 'during', 'after'] as const).map((when) => ({ when, step }))),
  { when: 'end', step: 'end' },
]

const casesOf = (verb: Verb): CrashCase[] =>
  pointsOf(verb).flatMap((point) => (['up', 'down'] as const).map((then) => ({ verb, point, then })))

export const crashCases: readonly CrashCase[] = (['up', 'down', 'swap', 'reset'] as const).flatMap(casesOf)

export const titleOf = ({ verb, point, then }: CrashCase): string =>
  `${verb} ${point.when === 'end' ? 'at its end' : `${point.when} ${point.step}`}, then ${then}`

/** What must be on record when a command was killed: by hand, because the commands are what is tested. */
const working: Readonly<Record<Verb, (step: StepName) => State>> = {
  up: (step) => (['image', 'synth', 'init', 'apply'].includes(step) ? 'provisioning' : 'configuring'),
  down: () => 'destroying',
  swap: (step) => (step === 'image' ? 'ready' : 'swapping'),
  reset: () => 'resetting',
}
const beginning: Readonly<Record<Verb, State>> = {
  ...{ up: 'destroyed', down: 'destroying', swap: 'ready', reset: 'ready' },
}
const ending: Readonly<Record<Verb, State>> = {
  up: 'ready',
  down: 'destroyed',
  swap: 'ready',
  reset: 'ready',
}

/** The state and step on record after the kill. */
export function recordedAt({ verb, point }: CrashCase): {
  readonly state: State
  readonly step: StepName | null
} {
  if (point.when === 'end') return { state: ending[verb], step: null }
  if (point.when !== 'before') return { state: working[verb](point.step), step: point.step }
  const former = steps[verb][steps[verb].indexOf(point.step) - 1]
  if (former === undefined) return { state: beginning[verb], step: null }
  if (verb === 'up' && point.step === 'wait-ssh') return { state: 'provisioned', step: null }
  return { state: working[verb](former), step: former }
}
