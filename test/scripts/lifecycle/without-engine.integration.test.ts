import { readFile, rm, truncate } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { GoogleCloud, nothingMade } from '../../stand-in/google/google-cloud.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { writeLabEngine } from '../../stand-in/write-lab-engine.js'
import { useCloud } from '../../stand-in/use-cloud.js'

jest.setTimeout(120_000)
const google = await useCloud(GoogleCloud.start())
const makeSandbox = useSandboxes(() => google.env)
afterEach(() => expect(google.made).toEqual(nothingMade))

const UP = ['up', 'web', '--profile', 'debian-12-google', '--wait', 'none'] as const

const engineIn = (box: Sandbox): string => join(box.root, 'bin', 'engine')
const env = (box: Sandbox) => ({ DISTROLAB_TOFU: engineIn(box) })
const stateFile = (box: Sandbox): string => join(box.home, 'labs', 'web', 'tofu.tfstate')

async function lab(): Promise<Sandbox> {
  const box = await makeSandbox()
  await box.configure('region: europe-west1\nallowFrom: 203.0.113.7\n')
  await writeLabEngine(engineIn(box))
  const { code, stderr } = await box.run(UP, { env: env(box) })
  expect([code, stderr]).toEqual([0, expect.any(String)])
  expect(google.made.instances).toHaveLength(1)
  return box
}

async function isRemoved(box: Sandbox, more: NodeJS.ProcessEnv = {}, ...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await box.run(['down', 'web', ...flags], { env: { ...env(box), ...more } })
  expect([code, stdout, stderr]).toEqual([
    0,
    'web is destroyed; verified: nothing is left.\n',
    expect.any(String),
  ])
  expect((await box.record('web')).state).toBe('destroyed')
  return stderr
}

describe('a lab on a cloud is removed', () => {
  test.each([
    ['init', 'when its engine loads no provider', "echo 'Error: registry down' >&2; exit 1"],
    ['destroy', 'when its engine fails to destroy it', "echo 'Error: provider crashed' >&2; exit 1"],
  ])('although %s fails: %s', async (verb, _what, instead) => {
    const box = await lab()
    await writeLabEngine(engineIn(box), { verb: verb, does: instead })
    expect(await isRemoved(box)).toContain('Removing it without OpenTofu')
    expect(existsSync(stateFile(box))).toBe(false)
  })

  test('when its engine does not end in time', async () => {
    const box = await lab()
    await writeLabEngine(engineIn(box), { verb: 'destroy', does: 'exec sleep 60' })
    expect(await isRemoved(box, {}, '--apply-timeout', '2s')).toContain('OpenTofu was stopped at destroy')
  })

  test('where there is no OpenTofu', async () => {
    const box = await lab()
    await rm(engineIn(box))
    await isRemoved(box)
  })

  test.each([
    ['lost', (file: string) => rm(file)],
    ['cut short', async (file: string) => truncate(file, Math.floor((await readFile(file)).length / 2))],
  ])('when its state is %s, and its name can be used again', async (_how, damage) => {
    const box = await lab()
    await damage(stateFile(box))
    await isRemoved(box)
    expect((await box.run(UP, { env: env(box) })).code).toBe(0)
    await isRemoved(box)
  })

  test('once what keeps it is gone', async () => {
    const box = await lab()
    await writeLabEngine(engineIn(box), { verb: 'destroy', does: 'exit 1' })
    google.refuse(
      'compute.firewalls.delete',
      400,
      'The resource is already being used by another',
      'resourceInUseByAnotherResource',
    )
    setTimeout(() => google.obey(), 3_000)
    await isRemoved(box)
  })

  test('but for what the cloud keeps, which is named with the reason', async () => {
    const box = await lab()
    await writeLabEngine(engineIn(box), { verb: 'destroy', does: 'exit 1' })
    google.refuse(
      'compute.instances.delete',
      403,
      "Required 'compute.instances.delete' permission",
      'forbidden',
    )
    const { code, stderr } = await box.run(['down', 'web'], { env: env(box) })
    expect([code, stderr]).toEqual([
      6,
      expect.stringMatching(/instances\/.*: .*Required 'compute.instances.delete'/),
    ])
    expect((await box.record('web')).state).toBe('destroy-failed')
    google.obey()
    await isRemoved(box)
  })

  test('with nobody logged in, where nothing of it was ever created', async () => {
    const box = await makeSandbox()
    await box.configure('region: europe-west1\nallowFrom: 203.0.113.7\n')
    await writeLabEngine(engineIn(box))
    google.refuse('compute.images.getFromFamily', 403, 'No.', 'forbidden')
    expect((await box.run(UP, { env: env(box) })).code).not.toBe(0)
    expect((await box.record('web')).state).toBe('provision-failed')
    const nobody = { ...env(box), GOOGLE_OAUTH_ACCESS_TOKEN: '', GOOGLE_PROJECT: '' }
    const { code, stdout } = await box.run(['down', 'web'], { env: nobody })
    expect([code, stdout]).toEqual([0, 'web is destroyed; nothing of it was ever created.\n'])
  })
})
