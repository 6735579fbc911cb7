import { beforeEach, expect, jest, test } from '@jest/globals'
import { chmod, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'

jest.setTimeout(120_000)

const makeSandbox = useSandboxes()
let box: Sandbox

beforeEach(async () => {
  box = await makeSandbox()
})

const SET = `describe: ours
entries:
  - { type: text, path: note, text: hello }
  - { type: file, path: content, size: 40000 B, mode: "0640" }
  - { type: symlink, path: 'odd\\x0a\\x1b[31m', to: note }
`

interface Told {
  readonly equal: boolean
  readonly differences: readonly { readonly path: string; readonly kind: string; readonly text: string }[]
}

test('a set is applied under the lease, verified, and every change is reported with exit code 1', async () => {
  const machine = await box.up('--profile', 'debian-local')
  await writeFile(join(box.root, 'ours.yaml'), SET)
  const applied = await box.run([
    'fixtures',
    'apply',
    'debian-local',
    join(box.root, 'ours.yaml'),
    '--seed',
    '7',
    '-o',
    'json',
  ])
  expect([applied.code, applied.stderr]).toEqual([0, expect.anything()])
  expect(applied.json()).toMatchObject({
    lab: 'debian-local',
    machine: 'main',
    set: 'ours',
    at: 'fixtures/ours',
    seed: 7,
    entries: 4,
    skipped: [],
  })
  expect(await box.state('debian-local')).toBe('ready')
  expect((await box.transitions('debian-local')).slice(-2)).toEqual([
    expect.stringContaining('in-use'),
    expect.stringContaining('ready'),
  ])
  const verify = ['fixtures', 'verify', 'debian-local', join(box.root, 'ours.yaml')]
  const equal = await box.run(verify)
  expect([equal.code, equal.stdout]).toEqual([
    0,
    expect.stringContaining('debian-local/main:fixtures/ours is as it was applied: 4 entries'),
  ])
  const tree = box.disk(machine, 'guest', 'fixtures', 'ours')
  expect(await readFile(join(tree, 'note'), 'utf8')).toBe('hello')
  await chmod(join(tree, 'content'), 0o600)
  await rm(join(tree, 'odd\n\x1b[31m'))
  const changed = await box.run(verify)
  expect(changed.code).toBe(1)
  expect(changed.stdout).toContain('content: mode 0640 → 0600\nodd\\x0a\\x1b[31m: missing (symlink)\n')
  const json = await box.run([...verify, '-o', 'json'])
  expect(json.code).toBe(1)
  const { equal: isEqual, differences } = json.json<Told>()
  expect([isEqual, differences.map(({ kind }) => kind)]).toEqual([
    false,
    expect.arrayContaining(['mode', 'missing']),
  ])
})

test('two trees of a lab are compared, each by its path', async () => {
  await box.up('--profile', 'debian-local')
  await box.run(['fixtures', 'apply', 'debian-local', 'sync-basic'])
  const diff = (...words: string[]) => box.run(['fixtures', 'diff', 'debian-local', ...words])
  const only = await diff('main', 'main')
  expect([only.code, only.stdout]).toEqual([0, expect.stringContaining('fixtures/sync-basic')])
  await box.run(['fixtures', 'apply', 'debian-local', 'sync-basic', '--at', 'fixtures/other', '--seed', '2'])
  expect((await diff('main', 'main')).stderr).toContain('fixtures/other, fixtures/sync-basic')
  const same = await diff('main', 'main', '--at', 'fixtures/sync-basic')
  expect([same.code, same.stdout]).toEqual([0, expect.stringContaining('are equal: 237 entries')])
  const other = await diff('main:fixtures/sync-basic', 'debian-local/main:fixtures/other')
  expect([other.code, other.stdout]).toEqual([
    1,
    expect.stringContaining('medium.bin: content differs, with the same size\n'),
  ])
  for (const words of [['main'], ['main', 'main'], ['main', 'main', '--at', '/etc']])
    expect([words, (await diff(...words)).code]).toEqual([words, 2])
  expect((await diff('main', 'other', '--at', 'x')).code).toBe(3)
})

test("nothing is put where someone else's files are, and what is no set has its own message", async () => {
  const machine = await box.up('--profile', 'debian-local')
  await writeFile(box.disk(machine, 'guest', 'precious'), 'x')
  const apply = (...words: string[]) => box.run(['fixtures', 'apply', 'debian-local', ...words])
  const refused = await apply('sync-basic', '--at', 'precious')
  expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('it is not a folder')])
  expect(await readFile(box.disk(machine, 'guest', 'precious'), 'utf8')).toBe('x')
  expect((await apply('sync-basic', '--at', '/usr/x')).code).toBe(2)
  expect((await apply('sync-basic', '--seed', '0')).code).toBe(2)
  expect((await apply('sync-basik')).code).toBe(3)
  expect((await apply()).code).toBe(2)
  const never = await box.run(['fixtures', 'verify', 'debian-local', 'sync-basic'])
  expect([never.code, never.stderr]).toEqual([1, expect.stringContaining('it does not exist')])
  expect(await box.state('debian-local')).toBe('ready')
})

test('the test files of a profile are part of the baseline', async () => {
  await writeFile(join(box.root, 'ours.yaml'), SET)
  await box.configure(`fixtureSets: { ours: ${join(box.root, 'ours.yaml')} }
profiles:
  data:
    provider: local
    distro: debian-13
    fixtures: [{ set: ours, at: data/ours, seed: 3 }]
`)
  const machine = await box.up('--profile', 'data')
  expect((await box.record('data')).fixtures).toEqual([{ set: 'ours', at: 'data/ours', seed: 3 }])
  const verify = ['fixtures', 'verify', 'data', 'ours', '--at', 'data/ours']
  expect((await box.run(verify)).code).toBe(0)
  await rm(box.disk(machine, 'guest', 'data', 'ours', 'note'))
  expect((await box.run(verify)).code).toBe(1)
  await box.ok('reset', 'data')
  // The stand-in's snapshots keep no times.
  const { differences } = (await box.run([...verify, '-o', 'json'])).json<Told>()
  expect(differences.filter(({ kind }) => kind !== 'time')).toEqual([])
  // A lab keeps its files under another distro, whose profile names none.
  await box.ok('swap', 'data', 'debian-12')
  expect((await box.run(verify)).code).toBe(0)
})

test('a profile with a set that does not exist makes nothing', async () => {
  await box.configure(`profiles:
  data: { provider: local, distro: debian-13, fixtures: [{ set: no-such-set }] }
  wrong: { provider: local, distro: debian-13, fixtures: [{ set: sync-basic, machine: other }] }
`)
  expect((await box.run(['up', '--profile', 'data'])).code).toBe(3)
  expect((await box.run(['up', '--profile', 'wrong'])).code).toBe(3)
  expect(box.machines()).toEqual([])
})
