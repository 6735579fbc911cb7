import { describe, expect, test } from '@jest/globals'
import { states } from '../../../../backend/lab-state.js'
import { labName } from '../../../support/backend/support.js'
import { LabError } from '../../../../scripts/errors.js'
import { commandIn, mockBoundaries, type Deeds, type Situation } from '../../../support/labs/up-world.js'

await mockBoundaries()
const { up } = await import('../../../../scripts/lifecycle/up/up.js')
const { planLabChanges } = await import('../../../../scripts/lifecycle/plan/plan.js')
const LAB = labName('web')

/** What a command would do or did: what it is refused with, or its deeds. */
type Outcome = Deeds | { readonly refused: string }

const outcomeOf = async (deeds: Deeds, command: Promise<unknown>): Promise<Outcome> => {
  try {
    await command
    return deeds
  } catch (error) {
    if (error instanceof LabError) return { refused: error.fault.code }
    throw error
  }
}

async function planned(situation: Situation): Promise<Outcome> {
  const { context, deeds } = await commandIn(situation)
  const plan = planLabChanges(context, LAB).then(({ changes }) => {
    const named = (action: string) =>
      changes.filter((change) => change.action === action).map(({ address }) => address)
    deeds.started = named('start')
    deeds.reset = named('reset')
  })
  return outcomeOf(deeds, plan)
}

async function done(situation: Situation): Promise<Outcome> {
  const { context, deeds } = await commandIn(situation)
  const outcome = await outcomeOf(deeds, up(context, LAB))
  // A reset that came to a machine without a baseline is followed by a start of the lab.
  return 'refused' in outcome || outcome.engine === undefined ? outcome : { ...outcome, reset: [] }
}

const USUAL: Situation = {
  state: 'ready',
  presences: ['running'],
  baseline: 'snapshot',
  named: undefined,
  wait: 'ready',
  isExpired: false,
  isLent: false,
  asksOther: false,
}

/** Every combination of these values. */
const product = <K extends keyof Situation>(values: {
  readonly [Key in K]: readonly Situation[Key][]
}): Situation[] =>
  (Object.entries(values) as [K, readonly unknown[]][]).reduce<Situation[]>(
    (all, [key, options]) => all.flatMap((one) => options.map((option) => ({ ...one, [key]: option }))),
    [USUAL],
  )

const anyState = [undefined, ...states]
const PRESENCES: Situation['presences'][] = [
  ['running'],
  ['stopped'],
  ['partial'],
  ['absent'],
  ['running', 'absent'],
  ['stopped', 'running'],
]

const SITUATIONS: readonly (readonly [title: string, situations: readonly Situation[]])[] = [
  [
    'whatever its state, its machines, its baseline and the networks that are named are',
    [
      ...product({ state: anyState, presences: PRESENCES, named: [undefined, 'others'] }),
      // What a baseline is decides of a reset alone.
      ...product({
        state: ['ready', 'resetting', 'reset-failed'],
        presences: PRESENCES,
        baseline: ['image'],
        named: [undefined, 'others'],
      }),
    ],
  ],
  [
    'whose machines are not waited for, or that is open to the networks that are named already',
    [
      ...product({ state: anyState, presences: [['running'], ['stopped'], ['absent']], wait: ['none'] }),
      ...product({ presences: PRESENCES, named: ['its own'], wait: ['ready', 'none'] }),
    ],
  ],
  [
    'under a lent lease',
    product({
      state: anyState,
      presences: [['running'], ['stopped']],
      named: [undefined, 'others'],
      isLent: [true],
    }),
  ],
  [
    'that is expired, or asked to be another',
    product({ state: anyState, isExpired: [false, true], asksOther: [false, true] }),
  ],
]

/** What `up` does, of the engine only what is replaced. */
const shortOf = async (changes: Partial<Situation>) => {
  const outcome = await done({ ...USUAL, ...changes })
  if ('refused' in outcome) return outcome.refused
  const { engine, started, reset } = outcome
  return { replaced: engine?.replace, started, reset }
}

describe('up', () => {
  test.each<[title: string, changes: Partial<Situation>, does: unknown]>([
    ['only reconnects to a lab that answers', {}, { replaced: undefined, started: [], reset: [] }],
    ['opens one to other networks', { named: 'others' }, { replaced: [], started: [], reset: [] }],
    [
      'starts a machine that is off',
      { presences: ['stopped'] },
      { replaced: [], started: ['main'], reset: [] },
    ],
    [
      'makes one that is gone',
      { presences: ['absent'] },
      { replaced: ['made.main'], started: [], reset: [] },
    ],
    [
      'goes on with a reset',
      { state: 'reset-failed' },
      { replaced: undefined, started: [], reset: ['main'] },
    ],
    [
      'makes machines again that have no other way back',
      { state: 'resetting', baseline: 'image' },
      { replaced: ['made.main'], started: [], reset: [] },
    ],
    ['refuses one that is being destroyed', { state: 'destroying' }, 'lab-being-destroyed'],
    ['refuses one that is expired', { isExpired: true }, 'lab-expired'],
    ['refuses to make it another', { asksOther: true }, 'setting-fixed'],
  ])('%s', async (_title, changes, does) => {
    expect(await shortOf(changes)).toEqual(does)
  })
})

describe('plan says what up does with a lab', () => {
  test.each(SITUATIONS)('%s', async (_title, situations) => {
    for (const situation of situations) {
      const [says, does] = [await planned(situation), await done(situation)]
      expect({ situation, ...says }).toEqual({ situation, ...does })
    }
  })
})
