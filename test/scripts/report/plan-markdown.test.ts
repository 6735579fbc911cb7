import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from '@jest/globals'
import type { PlanEntry } from '../../../scripts/lifecycle/plan/all.js'
import type { LabChanges, PlannedChange } from '../../../scripts/lifecycle/plan/plan.js'
import { dateIn } from '../../../scripts/lifecycle/plan/facts.js'
import { code } from '../../../scripts/report/markdown.js'
import { renderPlanMarkdown } from '../../../scripts/report/plan-markdown.js'
import { verdictOf } from '../../../scripts/report/plan-verdict.js'
import { sourcePath } from '../../support/cli/support.js'

const NOW = new Date('2026-12-01T12:00:00.000Z')
const OPTIONS = { whole: 'plan --all', runUrl: undefined, now: NOW }
const MACHINE = {
  name: 'main',
  distro: 'debian-13',
  instanceType: 't3.medium',
  vcpus: 2,
  memoryMiB: 4096,
  diskGiB: 10,
  image: 'debian-13-amd64-20261120-2299',
  imageDate: '2026-11-20',
}
const FACTS: LabChanges['facts'] = {
  machines: [MACHINE],
  allowFrom: ['203.0.113.7/32'],
  isHere: false,
  expiresAt: '2026-12-01T16:00:00.000Z',
  livesMs: 4 * 3_600_000,
  costUntilExpiryUsd: 0.1664,
  holder: null,
  owner: 'anna',
}
const change = (action: PlannedChange['action'], attributes: readonly string[] = []): PlannedChange => ({
  address: 'aws_instance.main',
  action,
  attributes,
})

type Changes = Partial<Omit<LabChanges, 'facts'>> & { readonly facts?: Partial<LabChanges['facts']> }

function planned(lab: string, { facts, ...changes }: Changes = {}, differences: string[] = []): PlanEntry {
  const plan: LabChanges = {
    lab,
    profile: 'debian-aws',
    provider: 'aws',
    region: 'eu-central-1',
    distro: 'debian-13',
    state: 'ready',
    costPerHourUsd: 0.0416,
    changes: [],
    notRefreshed: null,
    vanished: [],
    ...changes,
    facts: { ...FACTS, ...facts },
  }
  return { lab, kind: 'planned', plan, differences }
}

const EVERY: readonly PlanEntry[] = [
  planned('changed', { changes: [change('update', ['tags', 'tags_all'])] }),
  planned('failed', { state: 'provision-failed', changes: [change('create')] }),
  planned('gone', { changes: [change('replace', ['id'])], vanished: ['main'] }),
  planned('held', {
    state: 'in-use',
    facts: { holder: { user: 'bob', host: 'laptop', command: 'exec' } },
  }),
  planned('kept', {}, ['ttl: declared 4h, recorded to end never']),
  planned('new', {
    state: null,
    changes: [change('create')],
    facts: {
      machines: [{ ...MACHINE, image: null, imageDate: null }],
      expiresAt: null,
      owner: null,
      allowFrom: [],
    },
    notRefreshed: 'No credentials for AWS were found.',
  }),
  {
    lab: 'other',
    kind: 'refused',
    code: 'lab-of-other-profile',
    reason: 'other has the profile debian-12-aws',
  },
  { lab: 'over', kind: 'refused', code: 'lab-expired', reason: 'over expired' },
  planned('removed', { changes: [change('destroy')] }),
  planned('replaced', { changes: [change('replace', ['ami'])] }),
  planned('started', { changes: [{ address: 'main', action: 'start', attributes: [] }] }),
  planned('wound-back', {
    state: 'reset-failed',
    changes: [{ address: 'main', action: 'reset', attributes: [] }],
  }),
  { lab: 'zoo', kind: 'undeclared', state: 'ready' },
]

describe('a plan as Markdown', () => {
  test('says of each lab in one line what happens to it, and folds the rest', async () => {
    const file = sourcePath('test/scripts/report/golden/plan.md')
    const text = `${renderPlanMarkdown(EVERY, OPTIONS)}\n`
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(file, text)
    expect(text).toBe(await readFile(file, 'utf8'))
    expect(text).toContain('| `replaced` | **replace: data on it is lost** |')
    expect(text).toContain('`debian-13-amd64-20261120-2299`, 11 days old')
    expect(text).toContain('$0.0416 an hour; $0.17 until it expires, in 4h0m')
  })

  test('has the right verdict for each kind of lab', () => {
    expect(EVERY.map((entry) => [entry.lab, verdictOf(entry)])).toEqual([
      ['changed', 'change'],
      ['failed', 'create'],
      ['gone', 'create'],
      ['held', 'nothing'],
      ['kept', 'nothing'],
      ['new', 'create'],
      ['other', 'refused'],
      ['over', 'destroy'],
      ['removed', 'destroy'],
      ['replaced', 'replace'],
      ['started', 'change'],
      ['wound-back', 'reset'],
      ['zoo', 'stays'],
    ])
  })

  test('of a machine beside one that vanished still says that data is lost', () => {
    const two = [MACHINE, { ...MACHINE, name: 'other' }]
    const changes = [change('replace')]
    expect(verdictOf(planned('two', { changes, vanished: ['main'], facts: { machines: two } }))).toBe(
      'replace',
    )
  })

  test('of 40 labs is below the limit, and whole', () => {
    const text = renderPlanMarkdown(many(40), OPTIONS)
    expect(text.length).toBeLessThan(65_536)
    expect(text).not.toContain('left out')
    expect(text.match(/<details>/g)).toHaveLength(40)
  })

  test.each([200, 3000])('of %d labs is below the limit, and says what was cut and where it is', (count) => {
    const runUrl = 'https://github.example/a/b/actions/runs/7'
    const text = renderPlanMarkdown(many(count), { ...OPTIONS, runUrl })
    expect(text.length).toBeLessThan(65_536)
    expect(text).toMatch(/left out: this comment is full\.\*\* `distrolab plan --all` shows all of it/)
    expect(text).toContain(runUrl)
    expect(text.match(/<details>/g)?.length ?? 0).toBe(text.match(/<\/details>/g)?.length ?? 0)
  })

  test('lets no value from a backend leave its place', () => {
    const evil = 'x`|</summary></details>\n# owned @anna ![](https://evil.example/a.png) \u202e'
    const text = renderPlanMarkdown(
      [
        planned(
          evil,
          {
            profile: evil,
            region: evil,
            state: evil,
            distro: evil,
            changes: [{ address: evil, action: 'update', attributes: [evil] }],
            notRefreshed: evil,
            vanished: [evil],
            facts: {
              owner: evil,
              allowFrom: [evil],
              machines: [{ ...MACHINE, name: evil, image: evil, instanceType: evil, distro: evil }],
              holder: { user: evil, host: evil, command: evil },
            },
          },
          [evil],
        ),
        { lab: evil, kind: 'refused', code: 'x', reason: evil },
        { lab: evil, kind: 'undeclared', state: evil },
      ],
      OPTIONS,
    )
    expect(text).not.toMatch(/\n# owned|@anna|!\[|https:\/\/evil|\u202e/)
    expect(text.match(/<\/summary>/g)).toHaveLength(1)
    expect(text.match(/<\/details>/g)).toHaveLength(1)
    const rows = text.split('\n').filter((line) => line.startsWith('| <code>'))
    expect(rows).not.toEqual([])
    for (const row of rows) expect(row.match(/\|/g)).toHaveLength(5)
  })
})

test('a value with a backtick, a bar or a backslash is not a code span', () => {
  expect(code('a-b_c')).toBe('`a-b_c`')
  expect(code('a`b')).toBe('<code>a&#96;b</code>')
  expect(code('a\\|b')).toBe('<code>a&#92;&#124;b</code>')
  expect(code('')).toBe('<code></code>')
})

test.each([
  ['debian-13-amd64-20261120-2299', '2026-11-20'],
  ['ubuntu/images/hvm-ssd/ubuntu-noble-2026-10-02', '2026-10-02'],
  ['ami-0202611201234', null],
  ['rocky-9.6', null],
])('the day in an image’s name %s is %s', (name, day) => expect(dateIn(name)).toBe(day))

const many = (count: number): PlanEntry[] =>
  Array.from({ length: count }, (_, index) =>
    planned(`lab-${index}`, {
      changes: ['key_pair', 'instance', 'security_group'].map((type) => ({
        address: `aws_${type}.main`,
        action: 'create',
        attributes: [],
      })),
    }),
  )
