import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { Lease } from '../../../backend/lease.js'
import { CHANGING, READING, RUNNING } from '../../support/architecture/gate.js'
import { Sandbox } from '../../stand-in/sandbox.js'
import { holdLease, LAB } from '../../support/labs/stages.js'

jest.setTimeout(60_000)

/** What each verb is given besides the lab, so that it would do its work. */
const WORDS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  exec: [
    [LAB, '--', 'true'],
    [LAB, '--local', '--', 'true'],
  ],
  cp: [['/etc/passwd', `${LAB}:copied`]],
  swap: [[LAB, 'debian-12']],
  recover: [[LAB], [LAB, '--apply']],
  ssh: [[LAB, '--', 'true']],
  // They work until they are ended, or for minutes.
  forward: [],
  console: [],
  'images warm': [],
  'images prune': [[]],
  list: [[]],
  images: [[]],
  regions: [['--provider', 'aws']],
  doctor: [[]],
  docs: [['stuck-state']],
  completion: [['bash']],
  'net break': [[LAB, 'm1', 'm2']],
  'net capture': [[LAB, '--out', join(tmpdir(), 'held.pcap')]],
  'fixtures apply': [[LAB, 'sync-basic']],
  'fixtures verify': [[LAB, 'sync-basic']],
  'fixtures diff': [[LAB, 'm1', 'm2', '--at', 'fixtures']],
  'fixtures list': [[]],
  'backend init': [[]],
  'backend show': [[]],
}
const lines = (verbs: readonly string[]): [verb: string, words: readonly string[]][] =>
  verbs.flatMap((verb) => (WORDS[verb] ?? [[LAB]]).map((words): [string, readonly string[]] => [verb, words]))
/** What they look for is not there. */
const FAILING = ['doctor', 'fixtures verify', 'fixtures diff']
/** They go over all labs, and say of each what became of it. */
const SWEEPING = ['cleanup', 'reap']
/** `lock break` passes by breaking the lease, which is its purpose, and has tests of its own. */
const ONE_LAB = CHANGING.filter((verb) => verb !== 'lock break' && !SWEEPING.includes(verb))

let box: Sandbox
let lease: Lease
beforeAll(async () => {
  box = await Sandbox.make()
  await box.ok('up', '--profile', LAB, '--count', '2')
})
beforeEach(async () => {
  lease = await holdLease(box)
})
afterEach(() => lease.release())
afterAll(() => box.remove())

/** What `plan` has the engine do, in a folder of its own. */
const LOOKING = new Set(['init', 'plan', 'show'])

/** All that there is of the lab; the lease is renewed by its holder, and whoever lists the labs may say that their index is whole. */
async function everything(): Promise<unknown> {
  const labs = (await box.files('labs')).filter((file) => !/lease\.json$|_complete$/.test(file))
  const texts = await Promise.all(labs.map((file) => readFile(join(box.home, file), 'utf8')))
  return {
    labs,
    texts,
    machines: box.machines(),
    keys: await box.files('keys'),
    engine: (await box.engineCalls()).filter((call) => !LOOKING.has(call)),
  }
}

describe('while somebody else holds the lease', () => {
  test.each(lines(ONE_LAB))('%s %j changes nothing and exits 4', async (verb, words) => {
    const before = await everything()
    const run = await box.run([...verb.split(' '), '--wait-lock', '0', ...words])
    expect(`${run.code} ${run.stderr}`).toMatch(/^4 Error: .* is held by .*running swap since/)
    expect(await everything()).toEqual(before)
    await lease.assertHeld()
  })

  test.each([
    [['cleanup', '--yes', '--wait-lock', '0'], /^6 [^]*is held by .*running swap since/],
    // Nor would it be destroyed if it were free: its time is not over.
    [['reap', '--yes'], /^0 /],
  ])('%j leaves that lab alone, and says so', async (line, said) => {
    const before = await everything()
    const run = await box.run(line)
    expect(`${run.code} ${run.stdout}${run.stderr}`).toMatch(said)
    expect(await everything()).toEqual(before)
    await lease.assertHeld()
  })

  test('all verbs that go over labs are among those tried', () => {
    expect(CHANGING).toEqual(expect.arrayContaining(SWEEPING))
  })

  test.each(lines([...READING, ...RUNNING]))('%s %j does not wait', async (verb, words) => {
    const before = await everything()
    const run = await box.run([...verb.split(' '), ...words])
    expect(run.stderr).not.toMatch(/held by|Waiting for the lease/)
    if (!FAILING.includes(verb)) expect(run.code).toBe(0)
    expect(await everything()).toEqual(before)
  })
})
