import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import type { LabRecord } from '../../../backend/record-schema.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(180_000)
const makeSandbox = useSandboxes()

/** A second machine, of another distro and size, as a version that makes labs of several would record it. */
function secondOf({ machines: [main] }: LabRecord): LabRecord['machines'][number] {
  if (main?.place === undefined || main.port === null) throw new TypeError('a local lab has a main machine')
  return {
    ...main,
    name: 'target',
    id: main.id.replace(/main$/, 'target'),
    port: main.port === 20_000 ? 20_001 : main.port - 1,
    place: join(main.place, '..', 'target'),
    hostKey: null,
    marker: null,
    distro: 'debian-12',
    size: { ...main.size, instanceType: '1x1024', vcpus: 1, memoryMiB: 1024 },
    image: null,
  }
}

test('a lab of two machines is made, reset, swapped and removed, each by what it is made of', async () => {
  const box = await makeSandbox()
  const main = await box.up('--profile', LAB)
  const made = await box.record(LAB)
  await box.editRecord(LAB, { machines: [...made.machines, secondOf(made)] })

  const target = await box.up(LAB)
  expect(target.id).toMatch(/-target$/)
  const both = await box.record(LAB)
  expect(both).toMatchObject({ state: 'ready', distro: 'debian-13', image: made.image, size: made.size })
  const [first, second] = both.machines
  expect(first).toMatchObject({ distro: 'debian-13', image: made.image, size: made.size })
  expect(second).toMatchObject({ distro: 'debian-12', size: { vcpus: 1 }, hostKey: expect.any(String) })
  expect(second?.image?.id).not.toBe(made.image?.id)
  expect(box.machines().map(({ pid }) => pid)).toContain(main.pid)

  const { reset } = (await box.ok('reset', LAB, '-o', 'json')).json<{ readonly reset: unknown }>()
  expect(reset).toMatchObject([
    { name: 'main', verified: 'marker-gone' },
    { name: 'target', verified: 'marker-gone' },
  ])
  expect((await box.ok('up', LAB, '-o', 'json')).json()).toMatchObject({ reused: true })

  await box.ok('swap', LAB, 'debian-12')
  const swapped = await box.record(LAB)
  expect(swapped.machines.map(({ distro, size }) => [distro, size.vcpus])).toEqual([
    ['debian-12', made.size.vcpus],
    ['debian-12', 1],
  ])

  await box.ok('down', LAB)
  expect(await box.traces()).toEqual([])
})

test('a lab is made of the machines that are named, and one of them is swapped', async () => {
  const box = await makeSandbox()
  await box.ok('up', '--profile', LAB, '--machines', 'source,target:debian-12', '--name', 'pair')
  const made = await box.record('pair')
  expect(made).toMatchObject({ state: 'ready', distro: 'debian-13' })
  expect(made.machines.map(({ name, distro }) => [name, distro])).toEqual([
    ['source', 'debian-13'],
    ['target', 'debian-12'],
  ])
  const [first, second] = await keysAndNames(box, 'pair')
  expect(first).toMatchObject({
    hosts: expect.stringMatching(
      /^127.0.0.1 localhost\n198.19.77.11 source # distrolab\n198.19.77.12 target # distrolab\n$/,
    ),
    known: `target,198.19.77.12 ${made.machines[1]?.hostKey}\n`,
  })
  expect(second?.accepted).toEqual([first?.own])
  expect(first?.accepted).toEqual([second?.own])
  const pids = () => new Map(box.machines().map(({ id, pid }) => [id, pid]))
  const [source, target] = made.machines.map(({ id }) => id)
  const before = pids()

  const said = await box.ok('exec', 'pair', '--all', '--', 'echo', 'hello')
  expect(said.stdout.split('\n').filter(Boolean).sort()).toEqual(['source | hello', 'target | hello'])
  const json = await box.run(['exec', 'pair', '--all', '-o', 'json', '--', 'exit 3'])
  expect([json.code, json.json()]).toMatchObject([
    3,
    {
      exitCode: 3,
      machines: expect.arrayContaining([{ name: 'source', exitCode: 3, stdout: '', stderr: '' }]),
    },
  ])

  const other = await box.run(['up', 'pair', '--machines', 'source,third'])
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('--machines')])
  const same = await box.ok('up', 'pair', '--machines', 'source,target', '-o', 'json')
  expect(same.json()).toMatchObject({ reused: true })

  const swapped = await box.ok('swap', 'pair', 'debian-13', '--machine', 'target', '-o', 'json')
  expect(swapped.json()).toMatchObject({ from: 'debian-12', to: 'debian-13', swapped: ['target'] })
  expect((await box.record('pair')).machines.map(({ distro }) => distro)).toEqual(['debian-13', 'debian-13'])
  const after = pids()
  expect(after.get(source ?? '')).toBe(before.get(source ?? ''))
  expect(after.get(target ?? '')).not.toBe(before.get(target ?? ''))
  const [kept, replaced] = await keysAndNames(box, 'pair')
  expect([kept?.own, kept?.accepted]).toEqual([first?.own, [replaced?.own]])
  expect(replaced?.own).not.toBe(second?.own)
  const unknown = await box.run(['swap', 'pair', 'debian-12', '--machine', 'tarket'])
  expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('tarket')])

  await box.ok('reset', 'pair')
  // The baseline of source is older than the swap of target.
  expect(await keysAndNames(box, 'pair')).toEqual([kept, replaced])
  await box.ok('down', 'pair')
  expect(await box.traces()).toEqual([])
})

test('which machines may log in on which is decided with the lab', async () => {
  const box = await makeSandbox()
  const pair = ['--profile', LAB, '--machines', 'source,target', '--name', 'pair'] as const
  const unknown = await box.run(['up', ...pair, '--mesh', 'source->tarket'])
  expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('tarket')])
  const single = await box.run(['up', '--profile', LAB, '--mesh', 'full'])
  expect([single.code, single.stderr]).toEqual([2, expect.stringContaining('several machines')])
  await box.ok('up', ...pair, '--mesh', 'source->target')
  const [source, target] = await keysAndNames(box, 'pair')
  expect([source?.accepted, target?.accepted]).toEqual([[], [source?.own]])
  expect([target?.own, target?.known]).toEqual(['', ''])
  const other = await box.run(['up', ...pair, '--mesh', 'none'])
  expect([other.code, other.stderr]).toEqual([2, expect.stringContaining('--mesh')])
  await box.ok('down', 'pair')
})

interface KeysAndNames {
  readonly hosts: string
  /** Without their comments. */
  readonly own: string
  readonly accepted: readonly string[]
  readonly known: string
}

async function keysAndNames(box: Sandbox, lab: string): Promise<KeysAndNames[]> {
  const { machines } = await box.record(lab)
  const read = async (machine: string, file: string): Promise<string> =>
    (await box.ok('exec', lab, '--machine', machine, '--', `cat ${file} 2>/dev/null || :`)).stdout
  const withoutComment = (line: string): string => line.split(' ').slice(0, 2).join(' ')
  const found: KeysAndNames[] = []
  for (const { name } of machines) {
    const accepted = (await read(name, '.ssh/authorized_keys')).split('\n')
    found.push({
      hosts: await read(name, '.etc/hosts'),
      own: withoutComment((await read(name, '.ssh/distrolab/id_ed25519.pub')).trim()),
      accepted: accepted.filter((line) => line.endsWith(' distrolab-mesh')).map(withoutComment),
      known: await read(name, '.ssh/distrolab/known_hosts'),
    })
  }
  return found
}
