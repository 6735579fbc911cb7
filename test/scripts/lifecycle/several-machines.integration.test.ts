import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { nothingMade as nothingAtAws, TestAws } from '../../services/aws.js'
import { TestAzure } from '../../stand-in/azure.js'
import { GoogleCloud, nothingMade as nothingAtGoogle } from '../../stand-in/google/google-cloud.js'
import { useCloud } from '../../stand-in/use-cloud.js'
import { useSandboxes } from '../../stand-in/sandbox.js'
import { writeLabEngine } from '../../stand-in/write-lab-engine.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const aws = await useCloud(TestAws.start())
const google = await useCloud(GoogleCloud.start())
const azure = await useCloud(TestAzure.start())

interface Case {
  readonly provider: string
  readonly env: Readonly<Record<string, string>>
  readonly region: string
  readonly made: () => unknown
  readonly nothing: unknown
}

const CASES: readonly Case[] = [
  {
    provider: 'aws',
    env: aws.env,
    region: 'eu-west-1',
    made: () => aws.made('eu-west-1'),
    nothing: nothingAtAws,
  },
  {
    provider: 'google',
    env: google.env,
    region: 'europe-west1',
    made: () => google.made,
    nothing: nothingAtGoogle,
  },
  {
    provider: 'azure',
    env: azure.env,
    region: 'westeurope',
    made: () => azure.resources.all.map(({ id }) => id),
    nothing: [],
  },
]

test.each(CASES)(
  'a lab of two machines on $provider is made, taken over, and removed whole',
  async (each) => {
    const { provider, region, made, nothing } = each
    const box = await makeSandbox()
    await box.configure(`region: ${region}\nallowFrom: 203.0.113.7\n`)
    const engine = join(box.root, 'bin', 'engine')
    await writeLabEngine(engine)
    const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
      box.run(args, { env: { ...each.env, DISTROLAB_TOFU: engine, ...more } })
    const up = ['up', 'pair', '--profile', `debian-12-${provider}`, '--wait', 'none', '--machines', 'a,b']

    const lost = await run(up, { STAND_IN_ENGINE_FAILS: '1' })
    expect(lost.code).toBe(1)
    expect(await made()).not.toEqual(nothing)
    // What was made, and no state tells of, is taken over.
    const again = await run(up)
    expect(`${again.code} ${again.stderr}`).toMatch(/^0 /)
    const { machines } = await box.record('pair')
    expect(machines.map(({ name, privateAddress }) => [name, privateAddress])).toEqual([
      ['a', '10.77.0.10'],
      ['b', '10.77.0.11'],
    ])
    expect(new Set(machines.map(({ address }) => address)).size).toBe(2)

    expect((await run(['down', 'pair'])).code).toBe(0)
    expect(await made()).toEqual(nothing)
  },
)
