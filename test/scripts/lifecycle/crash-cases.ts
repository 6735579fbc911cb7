import type { State } from '../../../backend/lab-state.js'
import {
  downSteps,
  resetSteps,
  swapSteps,
  upSteps,
  type StepName,
} from '../../../scripts/lifecycle/step-lists.js'
import { strokes, type KillPoint, type Stroke } from '../../stand-in/kill-point.js'

export type Verb = 'up' | 'down' | 'swap' | 'reset'

/** A command that is struck at a point, and the one that comes after it. */
export interface CrashCase {
  readonly verb: Verb
  readonly point: KillPoint
  readonly by: Stroke
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

const verbs = ['up', 'down', 'swap', 'reset'] as const
const followers = ['up', 'down'] as const

/** Just before, during and just after every step of every command. */
export const killCases: readonly CrashCase[] = verbs.flatMap((verb) =>
  pointsOf(verb).flatMap((point) => followers.map((then) => ({ verb, point, by: 'kill -9', then }) as const)),
)

const interrupts = (Object.keys(strokes) as Stroke[]).filter((stroke) => stroke !== 'kill -9')

/** During every step of every command: signals, and who comes after them, take turns, so that every command meets all. */
export const interruptCases: readonly CrashCase[] = verbs
  .flatMap((verb) => steps[verb].map((step) => ({ verb, point: { when: 'during', step } }) as const))
  .flatMap((at, i) => {
    const by = interrupts[i % interrupts.length]
    const then = followers[Math.floor(i / interrupts.length) % followers.length]
    return by === undefined || then === undefined ? [] : [{ ...at, by, then }]
  })

export const titleOf = ({ verb, point, by, then }: CrashCase): string =>
  `${verb}: ${by} ${point.when === 'end' ? 'at its end' : `${point.when} ${point.step}`}, then ${then}`

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

/** Where an interrupt is heard: in its step, or at the beginning of the next one when that step had nothing to wait for. */
export function interruptedAt({ verb, point }: CrashCase): readonly StepName[] {
  const at = steps[verb].findIndex((step) => step === point.step)
  return steps[verb].slice(at, at + 2)
}

/** The state and step on record after a kill. */
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
