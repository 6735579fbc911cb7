import { copyFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { states } from '../../../backend/lab-state.js'
import { TestAws } from '../../services/aws.js'
import { TestAzure } from '../../stand-in/azure.js'
import { GoogleCloud } from '../../stand-in/google/google-cloud.js'
import { SamePath } from '../../stand-in/same-path.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { writeLabEngine } from '../../stand-in/write-lab-engine.js'

jest.setTimeout(300_000)

/** A cloud's stand-in, with what is in it by the cloud's own listing. */
interface Cloud {
  readonly env: Readonly<Record<string, string>>
  made(): Promise<readonly string[]>
  stop(): Promise<void>
}

async function startAws(): Promise<Cloud> {
  const aws = await TestAws.start()
  return {
    env: aws.env,
    async made() {
      const { instances, groups, keys, volumes } = await aws.made('eu-west-1')
      const ids = [...instances.map(({ InstanceId }) => InstanceId), ...groups.map(({ GroupId }) => GroupId)]
      return [...ids.map(String), ...keys, ...volumes].sort()
    },
    stop: () => aws.stop(),
  }
}

async function startAzure(): Promise<Cloud> {
  const azure = await TestAzure.start()
  return { env: azure.env, made: () => Promise.resolve(azure.made), stop: () => azure.stop() }
}

async function startGoogle(): Promise<Cloud> {
  const google = await GoogleCloud.start()
  return {
    env: google.env,
    made: () =>
      Promise.resolve(
        Object.values(google.made)
          .flat()
          .map(({ name }: { readonly name: string }) => name),
      ),
    stop: () => google.stop(),
  }
}

describe.each([
  ['aws', 'eu-west-1', startAws],
  ['azure', 'westeurope', startAzure],
  ['google', 'europe-west1', startGoogle],
] as const)('two computers with one path and labs of one name on %s', (provider, region, start) => {
  const makeSandbox = useSandboxes()
  let cloud: Cloud
  let box: Sandbox
  let other: SamePath
  beforeAll(async () => {
    cloud = await start()
  })
  afterAll(() => cloud.stop())

  const UP = ['up', 'web', '--profile', `debian-12-${provider}`, '--wait', 'none'] as const
  const engine = () => ({ ...cloud.env, DISTROLAB_TOFU: join(box.root, 'bin', 'engine') })

  async function on(computer: 'first' | 'other', args: readonly string[], env = {}): Promise<number | null> {
    const options = { ...engine(), ...env }
    const run = computer === 'other' ? other.run(args, options) : box.run(args, { env: options })
    const { code, stderr } = await run
    if (code !== 0 && Object.keys(env).length === 0) throw new Error(`${args.join(' ')} → ${code}\n${stderr}`)
    return code
  }

  /** The lab of the first one, and what the cloud has of it. */
  async function theLabOfTheFirst(): Promise<readonly string[]> {
    box = await makeSandbox()
    other = await SamePath.of(box)
    await box.configure(`region: ${region}\nallowFrom: 203.0.113.7\n`)
    const file = join(box.root, 'bin', 'engine')
    await writeLabEngine(file)
    await on('first', UP)
    const made = await cloud.made()
    expect(made).not.toEqual([])
    return made
  }

  async function removed(): Promise<void> {
    await on('first', ['down', 'web'])
    expect(await cloud.made()).toEqual([])
  }

  test('neither an up that fails and cleans up after itself nor what repairs it touches the lab of the other', async () => {
    const made = await theLabOfTheFirst()
    expect(await on('other', [...UP, '--on-failure', 'destroy'], { STAND_IN_ENGINE_FAILS: '1' })).toBe(1)
    expect(await cloud.made()).toEqual(made)
    expect(await on('other', UP, { STAND_IN_ENGINE_FAILS: '1' })).toBe(1)
    expect((await cloud.made()).length).toBeGreaterThan(made.length)
    for (const args of [['reap'], ['cleanup', '--yes'], ['down', 'web']]) {
      await on('other', args)
      expect(await cloud.made()).toEqual(expect.arrayContaining([...made]))
    }
    expect(await cloud.made()).toEqual(made)
    await removed()
  })

  test('nor does a down by a state that someone forged, which names what is in the lab of the other', async () => {
    const made = await theLabOfTheFirst()
    await on('other', UP)
    const [first, second] = [box.home, other.home].map((home) => join(home, 'labs', 'web', 'tofu.tfstate'))
    await copyFile(first ?? '', second ?? '')
    for (const args of [
      ['down', 'web'],
      ['up', 'web', '--allow-from', '203.0.113.8/32'],
    ] as const) {
      const { code, stderr } = await other.run(args, engine())
      expect([code, stderr]).toEqual([1, expect.stringContaining('which does not belong to the lab')])
      expect(await cloud.made()).toEqual(expect.arrayContaining([...made]))
    }
    await rm(second ?? '')
    await on('other', ['down', 'web'])
    expect(await cloud.made()).toEqual(made)
    await removed()
  })

  test('and in no state of its own lab does a down', async () => {
    const made = await theLabOfTheFirst()
    await on('other', UP)
    const file = join(other.home, 'labs', 'web', 'record.json')
    const record = JSON.parse(await readFile(file, 'utf8')) as object
    for (const state of states) {
      await writeFile(file, JSON.stringify({ ...record, state }))
      await on('other', ['down', 'web'])
      expect([state, await cloud.made()]).toEqual([state, made])
    }
    await removed()
  })
})
