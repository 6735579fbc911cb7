import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { GoogleCloud } from '../../stand-in/google/google-cloud.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import '../../support/cli/support.js'

jest.setTimeout(60_000)
const LAB = 'web'
const OURS = 'tests'
let cloud: GoogleCloud
beforeAll(async () => {
  cloud = await GoogleCloud.start()
})
afterAll(() => cloud.stop())
const makeSandbox = useSandboxes(() => cloud.env)

let box: Sandbox
beforeEach(async () => {
  box = await makeSandbox()
  // Down at once: no machine is asked for here, only who may ask for one.
  await box.up(LAB, '--profile', 'debian-12-local')
  for (const { pid } of box.machines()) await box.kill(pid)
  await box.editRecord(LAB, {
    profile: 'debian-12-google',
    provider: 'google',
    region: 'europe-west1',
    account: 'labs-of-others',
    allowFrom: ['203.0.113.7/32'],
  })
})

describe('a lab in another account than the credentials are for', () => {
  test.each([
    [['swap', LAB, 'fedora-44']],
    [['reset', LAB]],
    [['extend', LAB]],
    [['plan', LAB]],
    [['down', LAB]],
  ])('is left as it is by %j, which names both accounts and what to type', async (words) => {
    const before = [await box.record(LAB), await box.events(LAB)]
    const run = await box.run(words)
    expect(run.code).toBe(7)
    expect(run.stderr).toContain(`${LAB} is in the google account labs-of-others`)
    expect(run.stderr).toContain(`the credentials here are for ${OURS}`)
    expect(run.stderr).toContain('export GOOGLE_PROJECT=labs-of-others')
    expect([await box.record(LAB), await box.events(LAB)]).toEqual(before)
  })

  test('is not made a second time by up', async () => {
    await box.editRecord(LAB, { state: 'provision-failed' })
    const run = await box.run(['up', LAB])
    expect(run.code).toBe(7)
    expect(run.stderr).toContain(`${LAB} is in the google account labs-of-others`)
    expect(cloud.asked('compute.instances.create')).toBe(0)
    expect(await box.state(LAB)).toBe('provision-failed')
  })

  test('is not taken for gone by recover', async () => {
    const seen = (await box.ok('recover', LAB, '-o', 'json')).json<{ machines: { presence: string }[] }>()
    expect(seen.machines).toMatchObject([{ presence: 'unknown' }])
  })

  test('is neither reaped nor passed over in silence when its time is over', async () => {
    await box.editRecord(LAB, { expiresAt: '2026-01-01T00:00:00.000Z' })
    const run = await box.run(['reap', '--yes', '-o', 'json'])
    expect(run.code).toBe(1)
    expect(run.json()).toMatchObject({
      labs: [{ lab: LAB, outcome: 'inconclusive', code: 'other-account' }],
    })
    expect(await box.state(LAB)).toBe('ready')
  })

  test('is one of ours again with the right credentials', async () => {
    await box.editRecord(LAB, { account: OURS })
    const seen = (await box.ok('recover', LAB, '-o', 'json')).json()
    expect(seen).toMatchObject({ machines: [{ presence: 'absent' }] })
  })
})
