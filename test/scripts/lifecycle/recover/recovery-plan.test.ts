import { describe, expect, test } from '@jest/globals'
import { states, type State } from '../../../../backend/lab-state.js'
import { toAnyLab, type AnyLab } from '../../../../backend/lab.js'
import { newRecord } from '../../../../backend/record-change.js'
import type { Lease } from '../../../../backend/lease.js'
import type { RecoveryFacts } from '../../../../scripts/lifecycle/recover/facts.js'
import { planRecovery } from '../../../../scripts/lifecycle/recover/recovery-plan.js'
import { parseArguments } from '../../../../scripts/parse.js'
import { decided, elsewhere, labName } from '../../../support/backend/support.js'
import { commandLinesIn, wordsOf } from '../../../support/cli/command-line.js'

const lab = labName('demo')

function labIn(state: State, more: Partial<AnyLab> = {}): AnyLab {
  const at = '2026-11-21T10:00:00.000Z'
  const lease = { lab, fence: 1, holder: elsewhere, command: 'up', since: at } as Lease
  return toAnyLab({ ...newRecord(decided, { lease, at }), ...more, state })
}

function factsOf(state: State, more: Partial<RecoveryFacts> = {}): RecoveryFacts {
  return {
    lab,
    record: { kind: 'readable', lab: labIn(state) },
    lease: { kind: 'free' },
    engine: { state: { kind: 'readable', resources: [] }, lock: undefined, pid: undefined },
    machines: [machine('running', 'works')],
    strays: [],
    isExpired: false,
    elsewhere: undefined,
    profile: 'debian-local',
    ...more,
  }
}

const machine = (presence: RecoveryFacts['machines'][number]['presence'], ssh?: string) => ({
  name: 'main',
  id: 'distrolab-demo-main',
  presence,
  ssh,
})

const held = (takeover: 'holder-dead' | 'expired' | null): RecoveryFacts['lease'] => ({
  kind: 'held',
  holder: elsewhere,
  command: 'up',
  takeover,
  since: '2026-11-21T10:00:00.000Z',
  expiresAt: '2026-11-21T10:01:00.000Z',
})

const applied = (facts: RecoveryFacts): (string | undefined)[] =>
  planRecovery(facts).next.flatMap(({ apply }) => apply ?? [])

/** Written out a second time: who finishes what was left in which state. */
const finishedBy: Readonly<Record<State, 'up' | 'down' | undefined>> = {
  provisioning: 'up',
  provisioned: 'up',
  configuring: 'up',
  'in-use': 'up',
  swapping: 'up',
  resetting: 'up',
  'provision-failed': 'up',
  'configure-failed': 'up',
  'swap-failed': 'up',
  'reset-failed': 'up',
  destroying: 'down',
  'destroy-failed': 'down',
  ready: undefined,
  destroyed: undefined,
}

describe.each(states)('a lab that is %s', (state) => {
  const present = state === 'destroyed' ? 'absent' : 'running'
  const undisturbed = factsOf(state, {
    machines: [machine(present, present === 'running' ? 'works' : undefined)],
  })

  test('and that nobody works on is finished by the command that was meant', () => {
    const plan = planRecovery(undisturbed)
    expect(applied(undisturbed)).toEqual(finishedBy[state] === undefined ? [] : [finishedBy[state]])
    expect(plan.verdict).toContain(state)
    if (finishedBy[state] === 'up') expect(plan.next.at(-1)?.command).toBe('distrolab down demo')
  })

  test.each(['holder-dead', 'expired'] as const)('is the same when its lease was left: %s', (takeover) => {
    expect(planRecovery({ ...undisturbed, lease: held(takeover) })).toEqual(planRecovery(undisturbed))
  })

  test('is left alone while somebody may be at work, or nobody can tell', () => {
    for (const lease of [held(null), { kind: 'unreadable', problems: ['no JSON'] }] as const) {
      const plan = planRecovery({ ...undisturbed, lease })
      expect(plan.next.filter(({ apply }) => apply !== undefined)).toEqual([])
      expect(plan.runbook).toBe('stale-lease')
    }
  })

  test('on another computer is left alone here', () => {
    const plan = planRecovery({ ...undisturbed, elsewhere: 'laptop', machines: [] })
    expect(plan.verdict).toContain('laptop')
    expect(plan.next.filter(({ apply }) => apply !== undefined)).toEqual([])
  })

  const unreadable = { kind: 'unreadable', place: '/b/labs/demo/tofu.tfstate', reason: 'cut short' } as const

  test('is told nothing about a state that a living engine is writing right now', () => {
    const busy = { ...undisturbed, engine: { ...undisturbed.engine, state: unreadable, pid: 5 } }
    expect(planRecovery(busy)).toEqual(planRecovery(undisturbed))
  })

  test('is told of an encrypted state what is told of one that can be read', () => {
    const encrypted = { ...undisturbed.engine, state: { kind: 'encrypted' } as const }
    expect(planRecovery({ ...undisturbed, engine: encrypted })).toEqual(planRecovery(undisturbed))
  })

  test("is told what to do about a state of OpenTofu's that is garbage, and nothing is done", () => {
    const plan = planRecovery({ ...undisturbed, engine: { ...undisturbed.engine, state: unreadable } })
    expect(plan.next[0]?.command).toBe('mv /b/labs/demo/tofu.tfstate /tmp/demo-tofu.tfstate')
    expect(plan.next.at(-1)?.command).toBe('distrolab down demo')
    expect(plan.next.filter(({ apply }) => apply !== undefined)).toEqual([])
  })

  test('is kept or removed by its user once its time is over, unless its destruction was begun', () => {
    const plan = planRecovery({ ...undisturbed, isExpired: true })
    if (state.startsWith('destroy')) {
      expect(plan).toEqual(planRecovery(undisturbed))
      return
    }
    expect(plan.verdict).toContain(`and is ${state}`)
    expect(plan.next.map(({ command }) => command)).toEqual([
      'distrolab extend demo && distrolab up demo',
      'distrolab down demo',
    ])
    expect(plan.next.filter(({ apply }) => apply !== undefined)).toEqual([])
  })

  test.each([false, true])('is told in command lines that distrolab understands', async (isExpired) => {
    for (const { command } of planRecovery({ ...undisturbed, isExpired }).next) {
      for (const line of commandLinesIn(command)) {
        expect((await parseArguments(wordsOf(line).slice(1), '0')).kind).toBe('command')
      }
    }
  })
})

describe('a ready lab', () => {
  test.each([
    ['absent', undefined, 'gone with its disk'],
    ['partial', undefined, 'gone with its disk'],
    ['stopped', undefined, 'is off'],
    ['running', 'does not work: timed out', 'does not work: timed out'],
  ] as const)('whose machine is %s is brought back by up', (presence, ssh, said) => {
    const facts = factsOf('ready', { machines: [machine('running', 'works'), machine(presence, ssh)] })
    expect(applied(facts)).toEqual(['up'])
    expect(planRecovery(facts).verdict).toContain(said)
  })

  test('whose machine is off offers start beside the up that --apply runs', () => {
    const plan = planRecovery(factsOf('ready', { machines: [machine('stopped')] }))
    expect(plan.next.map(({ command }) => command)).toEqual(['distrolab up demo', 'distrolab start demo'])
  })

  test('whose machine runs here and is silent is not brought back by itself: a reset helps where a wait does not', () => {
    const silent = { ...machine('running', 'does not work: timed out'), isSilent: true }
    const facts = factsOf('ready', { machines: [silent] })
    expect(applied(facts)).toEqual([])
    expect(planRecovery(facts).next.map(({ command }) => command)).toEqual([
      'distrolab up demo',
      'distrolab reset demo',
    ])
  })

  test('whose machine could not be reached before needs nothing', () => {
    expect(planRecovery(factsOf('ready', { machines: [machine('running')] })).next).toEqual([])
  })
})

describe('a destroyed lab', () => {
  test.each(['partial', 'stopped', 'running', 'unknown'] as const)(
    'whose machine is %s is removed by down',
    (presence) => {
      expect(applied(factsOf('destroyed', { machines: [machine(presence)] }))).toEqual(['down'])
    },
  )
})

test('a failure and its step are in the verdict, and a swap says which distro it goes on with', () => {
  const failure = { step: 'apply', code: 'disk-full', message: 'The disk is full.\nNo byte is left.' }
  const failed = labIn('swap-failed', { failure, distro: 'debian-12' })
  const plan = planRecovery(factsOf('swap-failed', { record: { kind: 'readable', lab: failed } }))
  expect(plan.verdict).toBe('demo is swap-failed. Its swap failed at apply: The disk is full.')
  expect(plan.next[0]).toEqual({
    command: 'distrolab up demo',
    does: 'continues, with debian-12',
    apply: 'up',
  })
})

describe('without a record that can be read', () => {
  const record = { kind: 'unreadable', place: '/b/labs/demo/record.json', problems: ['no JSON'] } as const

  test('everything is by hand, and the record is put aside last', () => {
    const plan = planRecovery(factsOf('ready', { record }))
    expect(plan.next.map(({ command }) => command)).toEqual([
      'distrolab synth demo --profile debian-local --out /tmp/demo',
      'cd /tmp/demo && tofu init && tofu destroy -auto-approve',
      'mv /b/labs/demo/record.json /tmp/demo-record.json',
    ])
    expect(plan.next.filter(({ apply }) => apply !== undefined)).toEqual([])
    expect(plan.runbook).toBe('corrupted-record')
  })

  test('and without a profile to go by, the user has to know it', () => {
    const plan = planRecovery(factsOf('ready', { record, profile: undefined }))
    expect(plan.next[0]).toMatchObject({ command: expect.stringContaining('--profile PROFILE') })
  })

  test('what has none, and nothing else either, was never made', () => {
    const facts = factsOf('ready', { record: { kind: 'absent' }, machines: [machine('absent')] })
    expect(planRecovery(facts)).toEqual({ verdict: expect.stringContaining('never created'), next: [] })
  })

  test('what has none is destroyed by hand', () => {
    const plan = planRecovery(factsOf('ready', { record: { kind: 'absent' } }))
    expect(plan.next).toHaveLength(2)
    expect(plan.runbook).toBe('destroy-by-hand')
  })
})

describe('what a cloud made without an answer', () => {
  const strays = ['instance i-1', 'key-pair key-1']

  test.each(['provisioning', 'provision-failed', 'swap-failed', 'ready'] as const)(
    'is told of a lab that is %s',
    (state) => {
      const { verdict } = planRecovery(factsOf(state, { strays }))
      expect(verdict).toContain('OpenTofu does not know instance i-1, key-pair key-1')
    },
  )

  test('is removed by a down of a lab that is destroyed', () => {
    const { verdict, next } = planRecovery(factsOf('destroyed', { strays, machines: [machine('absent')] }))
    expect(verdict).toBe('demo is destroyed, but instance i-1, key-pair key-1 still exists.')
    expect(next.map(({ command }) => command)).toEqual(['distrolab down demo'])
  })
})
