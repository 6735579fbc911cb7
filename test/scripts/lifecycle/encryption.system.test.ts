import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { beforeEach, describe, expect, jest, test } from '@jest/globals'
import { directoryLocation, type BackendLocation } from '../../../backend/location.js'
import { openStore } from '../../../backend/open-store.js'
import { startFakeGcs, startVersitygw, withPrefix } from '../../services/buckets.js'
import { obtained, programs } from '../../services/programs.js'
import type { CliOptions, CliRun } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { isStateWrite, ok, optionsFor, useBucket } from '../../support/labs/bucket-lab.js'
import { filesWith } from '../../support/labs/files-with.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(180_000)
const makeSandbox = useSandboxes()

/** Looks like a template to OpenTofu, and like several words to a shell. */
const PASSPHRASE = 'planted ${pass} %{phrase} "of tests"'
const VARIABLE = 'OUR_LABS'
const right = { [VARIABLE]: PASSPHRASE }
/** The passphrase in whatever form: none of them has a sign that is ever escaped. */
const leaks = (text: string): boolean => text.includes('planted') || text.includes('of tests')

/** A sandbox whose user wants states to be encrypted. */
async function encryptingBox(): Promise<Sandbox> {
  const box = await makeSandbox()
  await box.configure(`encryption: {passphraseEnv: ${VARIABLE}}\n`)
  return box
}

const withVariables = ({ env }: CliOptions, more: Readonly<Record<string, string>>): CliOptions => ({
  env: { ...env, ...more },
})

/** Everything of a lab in the backend. */
async function objectsIn(location: BackendLocation): Promise<Record<string, string>> {
  const store = await openStore(location)
  const objects: Record<string, string> = {}
  for (const key of await store.list('labs/')) objects[key] = (await store.get(key))?.body ?? ''
  return objects
}

const stateIn = (objects: Record<string, string>): string =>
  Object.entries(objects).find(([key]) => key.endsWith('.tfstate'))?.[1] ?? ''

function expectFault(run: CliRun, code: string, exitCode: number): void {
  expect(run.json()).toMatchObject({ error: { code, exitCode } })
  expect(run.code).toBe(exitCode)
}

interface Place {
  readonly location: BackendLocation
  readonly options: CliOptions
}

/** What is the same wherever the state is kept. */
function describeEncryption(placeFor: (box: Sandbox) => Promise<Place>): void {
  test('nobody can read the state, and the passphrase is nowhere but with the engine', async () => {
    const box = await encryptingBox()
    const { location, options } = await placeFor(box)
    const outputs = []
    for (const words of [
      ['up', '--profile', LAB, '-vv'],
      ['status', LAB, '-o', 'json'],
      ['synth', LAB],
      ['history', LAB],
      ['recover', LAB],
      ['reset', LAB],
      ['doctor'],
    ]) {
      const run = await box.run(words, withVariables(options, right))
      expect(`${run.code} ${run.stderr}`).toMatch(/^0 /)
      const [machine] = box.machines()
      const environ = await readFile(`/proc/${machine?.pid}/environ`, 'utf8')
      expect(environ).toContain('PATH=')
      outputs.push(run.stdout, run.stderr, environ)
    }
    expect(outputs.join('\n')).toContain('has an encrypted state')
    const objects = await objectsIn(location)
    const state = JSON.parse(stateIn(objects)) as Record<string, unknown>
    expect(state['encrypted_data']).toEqual(expect.any(String))
    expect(stateIn(objects)).not.toContain('terraform_data')
    expect([...outputs, ...Object.values(objects)].filter(leaks)).toEqual([])
    expect(await filesWith([box.home, box.cache], leaks)).toEqual([])
    await ok(box, withVariables(options, right), 'down', LAB)
    expect(await box.traces()).toEqual([])
  })
}

describe('in a folder', () => {
  const folderOf = async (box: Sandbox): Promise<Place> => ({
    location: directoryLocation(box.home),
    options: { env: { DISTROLAB_TOFU: await obtained(programs.tofu) } },
  })
  describeEncryption(folderOf)

  test('who has another passphrase, or none, is told so, and nothing is lost by it', async () => {
    const box = await encryptingBox()
    const { options } = await folderOf(box)
    await ok(box, withVariables(options, right), 'up', '--profile', LAB)
    const down = ['down', LAB, '-o', 'json']
    expectFault(await box.run(down, options), 'passphrase-missing', 7)
    expect(await ok(box, options, 'status', LAB)).toBe('ready\n')
    const wrong = { [VARIABLE]: 'another passphrase' }
    expectFault(await box.run(down, withVariables(options, wrong)), 'state-undecryptable', 7)
    await box.configure('')
    expectFault(await box.run(down, options), 'state-encrypted', 7)
    await box.configure(`encryption: {passphraseEnv: ${VARIABLE}}\n`)
    expect(box.machines()).toHaveLength(1)
    await ok(box, withVariables(options, right), 'down', LAB)
    expect(await box.traces()).toEqual([])
  })

  test('a lab that was made without is told from one that is damaged', async () => {
    const box = await makeSandbox()
    const { options } = await folderOf(box)
    await ok(box, options, 'up', '--profile', LAB)
    await box.configure(`encryption: {passphraseEnv: ${VARIABLE}}\n`)
    const down = await box.run(['down', LAB, '-o', 'json'], withVariables(options, right))
    expectFault(down, 'state-unencrypted', 2)
    await box.configure('')
    await ok(box, options, 'down', LAB)
    expect(await box.traces()).toEqual([])
  })

  test('an engine that cannot encrypt is refused before anything is made', async () => {
    const box = await encryptingBox()
    const up = await box.run(['up', '--profile', LAB, '-o', 'json'], { env: right })
    expectFault(up, 'engine-missing', 1)
    expect(up.stderr).toContain('No OpenTofu 1.7.0 or newer')
    expect((await box.run(['status', LAB])).code).toBe(3)
  })

  test('a passphrase that is too short is refused at once, and not shown', async () => {
    const box = await encryptingBox()
    const short = 'planted short'
    for (const verb of ['list', 'up']) {
      const run = await box.run([verb, '-o', 'json'], { env: { [VARIABLE]: short } })
      expectFault(run, 'passphrase-short', 2)
      expect(run.stderr).toContain(`${VARIABLE} is too short`)
      expect([run.stdout, run.stderr].filter(leaks)).toEqual([])
    }
  })
})

describe.each([
  ['S3 (versitygw)', startVersitygw],
  ['GCS (fake-gcs-server)', startFakeGcs],
])('in a bucket on %s', (_name, start) => {
  const at = useBucket(start)
  beforeEach(() => at.proxy.plan(() => undefined))

  const placeFor = async (): Promise<Place> => {
    const location = { ...withPrefix(at.bucket.location, randomUUID()), endpoint: at.proxy.url }
    return { location, options: await optionsFor(at.bucket, location) }
  }
  describeEncryption(placeFor)

  test('a state that could not be written waits encrypted, and the next command puts it back', async () => {
    const box = await encryptingBox()
    const { location, options } = await placeFor()
    const encrypting = withVariables(options, right)
    at.proxy.plan((seen) =>
      isStateWrite(seen) && box.machines().length > 0 ? { status: 403, when: 'before' } : undefined,
    )
    const up = await box.run(['up', '--profile', LAB, '-o', 'json'], encrypting)
    expectFault(up, 'state-forbidden', 1)
    const [errored] = await filesWith([box.cache], (text) => text.includes('encrypted_data'))
    expect(errored).toMatch(/\/errored\.tfstate$/)
    at.proxy.plan(() => undefined)
    await ok(box, encrypting, 'up', LAB)
    expect(box.machines()).toHaveLength(1)
    expect(existsSync(errored ?? '')).toBe(false)
    expect(stateIn(await objectsIn(location))).toContain('encrypted_data')
    // Nothing of the state in clear is left on the way.
    expect(await filesWith([box.cache], (text) => text.includes('"terraform_version"'))).toEqual([])
    await ok(box, encrypting, 'down', LAB)
    expect(await box.traces()).toEqual([])
  })
})
