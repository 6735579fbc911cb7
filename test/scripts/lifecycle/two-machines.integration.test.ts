import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import type { LabRecord } from '../../../backend/record-schema.js'
import { useSandboxes } from '../../stand-in/sandbox.js'
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
  const unknown = await box.run(['swap', 'pair', 'debian-12', '--machine', 'tarket'])
  expect([unknown.code, unknown.stderr]).toEqual([3, expect.stringContaining('tarket')])

  await box.ok('reset', 'pair')
  await box.ok('down', 'pair')
  expect(await box.traces()).toEqual([])
})
