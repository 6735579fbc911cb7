import { strokes, type KillPoint, type Stroke } from '../../stand-in/kill-point.js'
import { stepsOf, verbs, type CrashCase, type Verb } from './crash-commands.js'
import { nextOf, recordedAt, timeOf } from './crash-truth.js'

/** They write their intent before their first step; the others write it with that. */
const BEGINNING: readonly Verb[] = ['down', 'cleanup', 'reap', 'exec', 'exec --local', 'cp']
export const whens = ['before', 'during', 'after'] as const

const pointsOf = (verb: Verb): KillPoint[] => [
  ...(BEGINNING.includes(verb) ? [{ when: 'begin', step: null } as const] : []),
  ...stepsOf(verb).flatMap((step) => whens.map((when) => ({ when, step }))),
  { when: 'end', step: null },
]

/** Just before, during and just after every step of every command, twice: once for `up`, once for `down` after it. */
export const killCases: readonly CrashCase[] = recoverOnce(
  verbs.flatMap((verb) =>
    pointsOf(verb).flatMap((point) =>
      (['up', 'down'] as const).map((then) => ({ verb, point, by: 'kill -9', then }) as const),
    ),
  ),
)

/** `recover --apply` takes the turn of the command that it promises, once for each state and step on record. */
function recoverOnce(cases: readonly CrashCase[]): CrashCase[] {
  const met = new Set<string>()
  return cases.map((crash) => {
    const { state, step } = recordedAt(crash)
    const isPromised = nextOf(state, 'LAB', timeOf(crash.verb)) === `distrolab ${crash.then} LAB`
    const key = `${state} ${step}`
    if (!isPromised || met.has(key)) return crash
    met.add(key)
    return { ...crash, then: 'recover' }
  })
}

export const interrupts = (Object.keys(strokes) as Stroke[]).filter((stroke) => stroke !== 'kill -9')
const followers = ['up', 'down', 'recover', 'up'] as const
const inTurn = <T>(values: readonly T[], n: number): T => values[n % values.length] as T

/** All of them during every step of every command; before and after it they take turns, as do those who come next. */
export const interruptCases: readonly CrashCase[] = verbs.flatMap((verb) =>
  stepsOf(verb).flatMap((step, i): CrashCase[] => [
    ...interrupts.map((by, n) => ({
      verb,
      point: { when: 'during', step } as const,
      by,
      then: inTurn(followers, n),
    })),
    { verb, point: { when: 'before', step }, by: inTurn(interrupts, i), then: inTurn(followers, i) },
    { verb, point: { when: 'after', step }, by: inTurn(interrupts, i + 2), then: inTurn(followers, i + 2) },
  ]),
)

export const titleOf = ({ verb, point, by, then }: CrashCase): string => {
  const where = point.step === null ? `at its ${point.when}` : `${point.when} ${point.step}`
  return `${verb}: ${by} ${where}, then ${then}`
}
