import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { LabEvent } from '../../../backend/record-schema.js'
import { startFakeGcs, startVersitygw, withPrefix, type TestBucket } from '../../services/buckets.js'
import type { CliOptions } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { makeKey } from '../../support/machine/ssh-agent.js'
import { ok, optionsFor } from '../../support/labs/bucket-lab.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

/** A home, a cache, a working directory and an SSH key of its own. */
interface Computer {
  readonly box: Sandbox
  readonly publicKey: string
}

const servers = [
  ['S3 (versitygw)', startVersitygw],
  ['GCS (fake-gcs-server)', startFakeGcs],
] as const

describe.each(servers)('two computers and one bucket on %s', (_name, start) => {
  let bucket: TestBucket
  let common: Required<Pick<CliOptions, 'env'>>
  let computers: readonly [Computer, Computer]
  beforeAll(async () => {
    bucket = await start()
  })
  afterAll(() => bucket.stop())
  beforeEach(async () => {
    common = await optionsFor(bucket, withPrefix(bucket.location, randomUUID()))
    computers = [await newComputer(), await newComputer()]
    const authorizedKeys = computers.map(({ publicKey }) => publicKey)
    for (const { box } of computers) {
      await writeFile(join(box.root, 'distrolab.json'), JSON.stringify({ authorizedKeys }))
    }
  })

  async function newComputer(): Promise<Computer> {
    const box = await makeSandbox()
    const folder = join(box.root, 'user', '.ssh')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return { box, publicKey: await makeKey(join(folder, 'id_ed25519')) }
  }

  const optionsOf = (box: Sandbox): CliOptions => ({
    env: { ...common.env, DISTROLAB_CONFIG: join(box.root, 'distrolab.json') },
  })
  const on = ({ box }: Computer, ...args: string[]): Promise<string> => ok(box, optionsOf(box), ...args)

  async function expectNoMachine(): Promise<void> {
    for (const { box } of computers) expect(await box.traces()).toEqual([])
  }

  /** Caches and work folders; what is left is the user's own state. */
  async function forgetCaches(): Promise<void> {
    for (const { box } of computers) {
      await rm(box.cache, { recursive: true, force: true })
      await box.cacheImages()
    }
  }

  test('share what is known of a lab, whatever caches are deleted meanwhile; only its own computer works on it', async () => {
    const [first, second] = computers
    await on(first, 'up', '--profile', LAB)
    await forgetCaches()
    expect(await on(second, 'status', LAB)).toBe('ready\n')
    expect(JSON.parse(await on(second, 'list', '-o', 'json'))).toMatchObject([{ lab: LAB, state: 'ready' }])
    for (const args of [
      ['up', LAB],
      ['swap', LAB, 'debian-12'],
      ['reset', LAB],
      ['extend', LAB],
      ['down', LAB],
    ]) {
      const { code, stderr } = await second.box.run(args, optionsOf(second.box))
      expect([args, code, stderr]).toEqual([args, 1, expect.stringContaining(`The VMs of ${LAB} are on`)])
    }
    const [machine] = first.box.machines()
    const cleanup = await second.box.run(['cleanup', '--yes'], optionsOf(second.box))
    expect([cleanup.code, cleanup.stdout]).toEqual([0, expect.stringContaining('skipped')])
    await on(second, 'reap')
    expect(first.box.machines()).toEqual([machine])
    await forgetCaches()
    expect(await on(first, 'exec', LAB, '--', 'echo', 'here')).toBe('here\n')
    await on(first, 'down', LAB)
    await expectNoMachine()
    for (const computer of computers) expect(await on(computer, 'status', LAB)).toBe('destroyed\n')
    const told = JSON.parse(await on(first, 'history', LAB, '-o', 'json')) as LabEvent[]
    expect(told).toEqual(JSON.parse(await on(second, 'history', LAB, '-o', 'json')))
    expect(told.map(({ to }) => to)).toEqual(
      expect.arrayContaining(['provisioning', 'ready', 'in-use', 'destroyed']),
    )
  })

  test('that make the same new lab at the same instant get one machine, made once', async () => {
    const runs = computers.map(({ box }) => box.run(['up', '--profile', LAB, '-o', 'json'], optionsOf(box)))
    const results = await Promise.all(runs)
    expect(results.map(({ code }) => code).sort()).toEqual([0, 1])
    const refused = results.find(({ code }) => code === 1)
    expect(refused?.json()).toMatchObject({ error: { code: 'lab-on-other-computer' } })
    expect(computers.flatMap(({ box }) => box.machines())).toHaveLength(1)
    const events = JSON.parse(await on(computers[0], 'history', LAB, '-o', 'json')) as LabEvent[]
    expect(events.filter(({ from, to }) => from === null && to === 'provisioning')).toHaveLength(1)
    await on(computers[results.findIndex(({ code }) => code === 0)] ?? computers[0], 'down', LAB)
    await expectNoMachine()
  })
})
