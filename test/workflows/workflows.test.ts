import { readdirSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { readSource, sourcePath } from '../support/cli/support.js'
import { pinsOf, workflowProblems } from '../support/workflows/problems.js'

const files = [
  ...readdirSync(sourcePath('.github/workflows')).map((name) => `.github/workflows/${name}`),
  'examples/ci-github/lab.yml',
  'examples/labs-github/labs.yml',
  'examples/labs-github/comment.yml',
]

const SOUND = `
permissions: {}
jobs:
  test:
    timeout-minutes: 5
    steps:
      - uses: ./.github/actions/own
      - uses: some/action/part@${'0123456789'.repeat(4)} # v1.2.3
      - run: make
`

test('the workflows are those for changes, nights and releases', () => {
  expect(files.map((path) => path.split('/').at(-1)).sort()).toEqual([
    'ci.yml',
    'comment.yml',
    'lab.yml',
    'labs.yml',
    'nightly.yml',
    'release.yml',
  ])
})

test.each(files)('%s pins every action, limits its token and every job’s time', async (path) => {
  expect(workflowProblems(await readSource(path))).toEqual([])
})

test('no action is used in two versions', async () => {
  const pins = new Set((await Promise.all(files.map(readSource))).flatMap(pinsOf))
  const actions = [...pins].map((pin) => pin.split('@')[0])
  expect(actions).toEqual([...new Set(actions)])
})

test('nothing but the job that publishes can ask for an identity token, and nothing but releases writes', async () => {
  const granted: string[] = []
  for (const path of files) {
    const { permissions, jobs } = parse(await readSource(path)) as Workflow
    for (const [job, own] of Object.entries(jobs))
      for (const [scope, level] of Object.entries({ ...permissions, ...own.permissions }))
        if (level === 'write') granted.push(`${path} ${job}: ${scope}`)
  }
  expect(granted).toEqual([
    '.github/workflows/release.yml publish: id-token',
    '.github/workflows/release.yml release: contents',
    ...['plan', 'own-lab', 'remove-own-lab', 'apply', 'reap', 'drift'].map(
      (job) => `examples/labs-github/labs.yml ${job}: id-token`,
    ),
    'examples/labs-github/labs.yml drift: issues',
    'examples/labs-github/comment.yml comment: pull-requests',
  ])
})

test('a job that runs the code of a pull request writes nothing, and no workflow runs it with the rights of the base', async () => {
  for (const path of files) expect(await readSource(path)).not.toContain('pull_request_target')
  const { jobs } = parse(await readSource('examples/labs-github/comment.yml')) as Workflow
  expect(JSON.stringify(jobs)).not.toMatch(/checkout|distrolab@|id-token/)
  const { concurrency } =
    (parse(await readSource('examples/labs-github/labs.yml')) as Workflow).jobs['reap'] ?? {}
  expect(concurrency).toEqual({ group: 'labs-reap', 'cancel-in-progress': false })
})

describe('a problem is found where a workflow', () => {
  test.each([
    ['uses an action by a tag', [/@\w{40}/, '@v1'], 'some/action/part@v1 is not pinned'],
    ['uses an action by a short commit', [/@(\w{7})\w{33}/, '@$1'], 'some/action/part@0123456 is not pinned'],
    ['does not say which version it pins', [/ # v.*/, ''], 'has no comment with its version'],
    ['names a major version only', [/ # v.*/, ' # v1'], 'has no comment with its version'],
    ['has no top-level permissions', [/permissions: {}/, ''], 'it has no top-level permissions'],
    ['has a job without a timeout', [/timeout-minutes: 5/, 'name: test'], 'job test has no timeout-minutes'],
    ['has no jobs', [/jobs:[^]*/, ''], 'it has no jobs'],
    ['is not YAML', [/permissions: {}/, 'permissions: {'], 'Flow map'],
  ] as const)('%s', (_what, [before, after], problem) => {
    expect(workflowProblems(SOUND)).toEqual([])
    const broken = SOUND.replace(before, after)
    expect(broken).not.toBe(SOUND)
    expect(workflowProblems(broken).join('\n')).toContain(problem)
  })

  test('calls another workflow by a branch', () => {
    const calls = 'permissions: {}\njobs: { a: { timeout-minutes: 1, uses: other/repo/.github/w.yml@main } }'
    expect(workflowProblems(calls)).toContain('other/repo/.github/w.yml@main is not pinned by a full commit')
  })
})

test('Dependabot holds back and groups only packages that there are', async () => {
  const { updates } = parse(await readSource('.github/dependabot.yml')) as Dependabot
  const manifest = JSON.parse(await readSource('package.json')) as Record<string, Record<string, string>>
  const names = Object.keys({ ...manifest['dependencies'], ...manifest['devDependencies'] })
  const [npm] = updates.filter((update) => update['package-ecosystem'] === 'npm')
  const patterns = Object.values(npm?.groups ?? {}).flatMap((group) => group.patterns)
  const held = (npm?.ignore ?? []).map((rule) => rule['dependency-name'])
  for (const pattern of [...patterns, ...held]) {
    const fits = (name: string): boolean =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
    expect([pattern, names.some(fits)]).toEqual([pattern, true])
  }
})

interface Dependabot {
  readonly updates: readonly {
    readonly 'package-ecosystem': string
    readonly groups: Readonly<Record<string, { readonly patterns: readonly string[] }>>
    readonly ignore?: readonly { readonly 'dependency-name': string }[]
  }[]
}

interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<
    Record<string, { readonly permissions?: Readonly<Record<string, string>>; readonly concurrency?: object }>
  >
}
