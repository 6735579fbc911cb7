import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { locationUrl } from '../../backend/location.js'
import { openStore } from '../../backend/open-store.js'
import { startVersitygw, type TestBucket } from '../services/buckets.js'
import { obtained, programs } from '../services/programs.js'
import { useSandboxes } from '../stand-in/sandbox.js'
import { Example } from '../support/examples/example.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

describe('team', () => {
  let bucket: TestBucket
  beforeAll(async () => {
    bucket = await startVersitygw({ region: 'eu-west-1' })
    Object.assign(process.env, bucket.env)
  })
  afterAll(() => bucket.stop())

  test('synthesises each profile where it is allowed to be, and asks for credentials for the rest', async () => {
    const example = await Example.copy(await makeSandbox(), 'team')
    const { profiles } = (await example.readYaml('distrolab.yaml')) as { profiles: Record<string, unknown> }
    const elsewhere = { DISTROLAB_BACKEND: `file://${example.folder}/labs` }
    for (const profile of Object.keys(profiles)) {
      const made = await example.ok(
        `distrolab synth --profile ${profile} --allow-from 203.0.113.7`,
        elsewhere,
      )
      expect(made.match(/"region": "(.*)"/)?.[1] ?? 'eu-north-1').toMatch(/^eu-(west|north)-1$/)
    }
    const regions = await example.ok('distrolab regions')
    expect([...regions.matchAll(/^\d+ +(\S+)/gm)].map(([, region]) => region)).toEqual([
      'eu-north-1',
      'eu-west-1',
    ])
    expect((await example.shell('distrolab list')).code).toBe(7)
  })

  test('shares labs over the bucket: everyone’s keys, eight hours, encrypted states', async () => {
    const box = await makeSandbox()
    const example = await Example.copy(box, 'team')
    const env = {
      ...bucket.env,
      DISTROLAB_BACKEND: locationUrl(bucket.location),
      DISTROLAB_TOFU: await obtained(programs.tofu),
      LABS_PASSPHRASE: 'a passphrase of the team',
    }
    await example.ok('distrolab up --profile laptop', env)
    const record = JSON.parse(await example.ok('distrolab status laptop -o json', env)) as Recorded
    expect(record.state).toBe('ready')
    expect((Date.parse(record.expiresAt) - Date.parse(record.createdAt)) / 3_600_000).toBeCloseTo(8, 1)
    expect(record.authorizedKeys.map(({ from }) => from)).toEqual(['keys/anna.pub', 'keys/bob.pub'])
    const state = await (await openStore(bucket.location)).get('labs/laptop/tofu.tfstate')
    expect(JSON.parse(state?.body ?? '')).toHaveProperty('encrypted_data')
    await example.ok('distrolab down laptop', env)
    expect(await box.traces()).toEqual([])
  })
})

interface Recorded {
  readonly state: string
  readonly createdAt: string
  readonly expiresAt: string
  readonly authorizedKeys: readonly { readonly from: string }[]
}
