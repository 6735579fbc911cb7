import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { LabEvent } from '../../../backend/record-schema.js'
import { startFakeGcs, startVersitygw, withPrefix, type TestBucket } from '../../services/buckets.js'
import type { CliOptions } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { makeKey } from '../machine/ssh-agent.js'
import { ok, optionsFor } from './bucket-lab.js'
import { LAB } from './stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

/** A cache, a working directory and an SSH key of its own. VMs are on one computer: both have the state of the first. */
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
    common = { env: { ...common.env, DISTROLAB_HOME: computers[0].box.home } }
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
    for (const { box } of computers) {
      expect([...box.processes(), ...(await box.files('machines'))]).toEqual([])
    }
    expect(await computers[0].box.traces()).toEqual([])
  }

  /** Caches and work folders; what is left is the user's own state. */
  async function forgetCaches(): Promise<void> {
    for (const { box } of computers) {
      await rm(box.cache, { recursive: true, force: true })
      await box.cacheImages()
    }
  }

  test('share a lab that one makes and the other uses and removes, whatever caches are deleted meanwhile', async () => {
    const [first, second] = computers
    await on(first, 'up', '--profile', LAB)
    await forgetCaches()
    expect(await on(second, 'status', LAB)).toBe('ready\n')
    expect(JSON.parse(await on(second, 'list', '-o', 'json'))).toMatchObject([{ lab: LAB, state: 'ready' }])
    expect(await on(second, 'exec', LAB, '--', 'echo', 'here')).toBe('here\n')
    expect(await on(second, 'up', LAB, '-o', 'json')).toContain('"reused": true')
    await forgetCaches()
    await on(second, 'down', LAB)
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
    for (const { code, stderr } of results) expect([code, stderr]).toEqual([0, stderr])
    expect(results.map((result) => result.json<{ reused: boolean }>().reused).sort()).toEqual([false, true])
    expect(computers.flatMap(({ box }) => box.machines())).toHaveLength(1)
    const events = JSON.parse(await on(computers[0], 'history', LAB, '-o', 'json')) as LabEvent[]
    expect(events.filter(({ from, to }) => from === null && to === 'provisioning')).toHaveLength(1)
    await on(computers[1], 'down', LAB)
    await expectNoMachine()
  })
})
