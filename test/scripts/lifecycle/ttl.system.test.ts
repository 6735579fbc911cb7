import { describe, expect, jest, test } from '@jest/globals'
import type { LabRecord } from '../../../backend/record-schema.js'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()
const HOUR = 3_600_000

interface Shown {
  readonly expiresAt: string | null
  readonly expiresInMs: number | null
  readonly enforcers: readonly { readonly name: string; readonly state: string }[]
}

/** The TTL as the record shows it: from when the lab was begun, to the second. */
const ttlOf = ({ createdAt, expiresAt }: LabRecord): number =>
  Math.round((Date.parse(expiresAt ?? '') - Date.parse(createdAt)) / 1000) * 1000

const shown = async (box: Sandbox, ...words: string[]): Promise<Shown> =>
  (await box.ok(...words, '-o', 'json')).json<Shown>()

const notesOf = async (box: Sandbox): Promise<(string | undefined)[]> =>
  (await box.events(LAB)).filter(({ kind }) => kind === 'note').map(({ message }) => message)

describe('a new lab', () => {
  test('lives 4 hours unless told otherwise, from the moment its intent is on record', async () => {
    const box = await makeSandbox()
    const up = await shown(box, 'up', '--profile', LAB, '--wait', 'none')
    const record = await box.record(LAB)
    expect(ttlOf(record)).toBe(4 * HOUR)
    expect(up.expiresAt).toBe(record.expiresAt)
    expect(up.expiresInMs).toBeLessThanOrEqual(4 * HOUR)
  })

  test('is shown with what enforces it: by up, list, status and in each document', async () => {
    const box = await makeSandbox()
    const enforcers = [{ name: 'watchdog', state: 'armed' }]
    expect(await shown(box, 'up', '--profile', LAB, '--wait', 'none')).toMatchObject({ enforcers })
    expect(await shown(box, 'status', LAB)).toMatchObject({ enforcers })
    expect((await box.ok('list', '-o', 'json')).json()).toMatchObject([{ enforcers }])
    expect((await box.ok('list')).stdout).toContain(' watchdog armed')
  })

  test('takes its TTL from the flag, the environment or the configuration, and none means never', async () => {
    const box = await makeSandbox()
    const wait = ['--wait', 'none', '-o', 'json']
    const byFlag = await box.ok('up', '--profile', LAB, '--name', 'a', '--ttl', '2h30m', ...wait)
    const env = { DISTROLAB_TTL: 'none' }
    const byVariable = await box.run(['up', '--profile', LAB, '--name', 'b', ...wait], { env })
    expect(byFlag.json<Shown>().expiresInMs).toBeGreaterThan(2.4 * HOUR)
    expect(byVariable.json()).toMatchObject({ expiresAt: null, expiresInMs: null, enforcers: [] })
    const list = (await box.ok('list')).stdout.split('\n')
    expect(list[0]).toMatch(/EXPIRES +ENFORCED BY/)
    expect(list[1]).toMatch(/ in 2h\d+m/)
    expect(list[2]).toMatch(/ never/)
  })

  test('under a name that was used before gets a time of its own', async () => {
    const box = await makeSandbox()
    await box.ok('up', '--profile', LAB, '--wait', 'none', '--ttl', 'none')
    await box.ok('down', LAB)
    await box.ok('up', '--profile', LAB, '--wait', 'none', '--ttl', '1h')
    expect(ttlOf(await box.record(LAB))).toBe(HOUR)
  })

  test('with a TTL that is none is refused before anything is recorded', async () => {
    const box = await makeSandbox()
    expect(await box.run(['up', '--profile', LAB, '--ttl', '0'])).toMatchObject({ code: 2 })
    expect(await box.files()).toEqual([])
  })
})

describe('a second up', () => {
  test('says what is left, and refuses to move it', async () => {
    const box = await makeSandbox()
    await box.ok('up', '--profile', LAB, '--ttl', '3h')
    const before = await box.record(LAB)
    const moving = await box.run(['up', LAB, '--ttl', '30m'])
    expect([moving.code, moving.stderr]).toEqual([
      2,
      expect.stringContaining(`distrolab extend ${LAB} --ttl 30m`),
    ])
    const again = await box.ok('up', LAB, '--ttl', '3h')
    expect(again.stdout).toMatch(/^Reconnected to debian-local .*\nIt expires in 2h59m, at .*\nssh /)
    expect((await box.record(LAB)).expiresAt).toBe(before.expiresAt)
    expect(await notesOf(box)).toEqual([])
  })

  test('arms the enforcer again that somebody killed', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    for (const { pid } of box.processes('watchdog')) await box.kill(pid)
    expect(await shown(box, 'status', LAB)).toMatchObject({ enforcers: [{ state: 'missing' }] })
    expect(await shown(box, 'up', LAB)).toMatchObject({ reused: true, enforcers: [{ state: 'armed' }] })
    expect(box.processes('watchdog')).toHaveLength(1)
  })

  test('that goes on with an interrupted one does not move it either', async () => {
    const box = await makeSandbox()
    await box.knobs({ failStart: 'no memory' })
    expect((await box.run(['up', '--profile', LAB, '--ttl', '3h'])).code).toBe(1)
    const before = await box.record(LAB)
    await box.knobs({})
    await box.ok('up', LAB)
    expect(await box.record(LAB)).toMatchObject({ state: 'ready', expiresAt: before.expiresAt })
  })
})

describe('extend', () => {
  test('moves the time from now on, on record and as an event, and touches nothing else', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB, '--ttl', '1h')
    const before = await box.record(LAB)
    const extended = await shown(box, 'extend', LAB, '--ttl', '8h')
    const record = await box.record(LAB)
    expect(extended).toMatchObject({ lab: LAB, expiresAt: record.expiresAt, was: before.expiresAt })
    expect(Math.round((extended.expiresInMs ?? 0) / HOUR)).toBe(8)
    expect(await notesOf(box)).toEqual([`expires ${record.expiresAt}, was ${before.expiresAt}`])
    expect((await box.events(LAB)).at(-1)).toMatchObject({
      command: 'extend',
      step: 'move-expiry',
      from: 'ready',
    })
    expect(record).toMatchObject({ state: 'ready', command: null, step: null, failure: null })
    expect(box.machines()).toEqual([machine])
    expect((await box.ok('extend', LAB, '--ttl', 'none')).stdout).toMatch(/^debian-local no longer expires/)
    expect((await box.record(LAB)).expiresAt).toBeNull()
  })

  test('moves what powers the machine off: no command has to run again', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await box.ok('extend', LAB, '--ttl', '1s')
    await waitUntil('the machine to be off', () => box.machines().length === 0)
    await waitUntil('the end of its watchdog', () => box.processes().length === 0)
    expect(await shown(box, 'status', LAB)).toMatchObject({
      state: 'ready',
      enforcers: [{ name: 'watchdog', state: 'idle' }],
    })
    expect((await box.ok('extend', LAB)).stdout).toContain(`It is powered off: distrolab up ${LAB}`)
    await box.ok('up', LAB)
    expect(box.machines()).toHaveLength(1)
    expect(await shown(box, 'extend', LAB, '--ttl', 'none')).toMatchObject({ enforcers: [] })
    await waitUntil('the end of its watchdog', () => box.processes('watchdog').length === 0)
    expect(box.machines()).toHaveLength(1)
  })

  test('gives a lab that has no machine yet a time too', async () => {
    const box = await makeSandbox()
    await box.knobs({ failStart: 'no memory' })
    await box.run(['up', '--profile', LAB, '--ttl', '1h'])
    expect(await shown(box, 'extend', LAB, '--ttl', '3h')).toMatchObject({ enforcers: [{ state: 'idle' }] })
    await box.knobs({})
    expect(await shown(box, 'up', LAB)).toMatchObject({ enforcers: [{ state: 'armed' }] })
  })

  test('shortens only when told how long: the usual TTL gives at least what there was', async () => {
    const box = await makeSandbox()
    await box.ok('up', '--profile', LAB, '--wait', 'none', '--ttl', '2d')
    const before = await box.record(LAB)
    await box.ok('extend', LAB)
    expect((await box.record(LAB)).expiresAt).toBe(before.expiresAt)
    const shorter = await shown(box, 'extend', LAB, '--ttl', '30m')
    expect(shorter.expiresInMs).toBe(HOUR / 2)
    expect(Math.round(((await shown(box, 'extend', LAB)).expiresInMs ?? 0) / HOUR)).toBe(4)
  })

  test('passes the gate: while somebody else holds the lease it changes nothing', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const before = await box.record(LAB)
    const exec = box.start(['exec', LAB, '--', 'echo begun >&2; exec sleep 60'])
    await exec.says('begun')
    const extend = await box.run(['extend', LAB, '--ttl', '9h', '--wait-lock', '0'])
    expect(extend).toMatchObject({ code: 4, stdout: '' })
    expect((await box.record(LAB)).expiresAt).toBe(before.expiresAt)
    exec.signal('SIGINT')
    await exec.done
  })

  test('gives no time to what is gone or going', async () => {
    const box = await makeSandbox()
    expect((await box.run(['extend', 'nosuch'])).code).toBe(3)
    await box.ok('up', '--profile', LAB, '--wait', 'none')
    const destroy = await box.hold('destroy')
    const down = box.start(['down', LAB])
    await down.says('] destroy')
    down.signal('SIGKILL')
    await down.done
    const going = await box.run(['extend', LAB, '-o', 'json'])
    expect(going.json()).toMatchObject({ error: { code: 'lab-being-destroyed' } })
    await destroy.release()
    await box.ok('down', LAB)
    const gone = await box.run(['extend', LAB, '-o', 'json'])
    expect(gone).toMatchObject({ code: 1 })
    expect(gone.json()).toMatchObject({ error: { code: 'lab-not-ready' } })
    expect(await box.state(LAB)).toBe('destroyed')
  })
})

describe('an expired lab that is still there', () => {
  test('is said by list, status and up; up begins nothing, and goes on after an extend', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await box.ok('extend', LAB, '--ttl', '1ms')
    expect((await box.ok('list')).stdout).toMatch(/EXPIRED \d+s ago/)
    const status = await box.ok('status', LAB)
    expect(status).toMatchObject({
      stdout: 'ready\n',
      stderr: expect.stringContaining('It expired at'),
    })
    expect((await shown(box, 'status', LAB)).expiresInMs).toBeLessThan(0)
    const calls = await box.engineCalls()
    const up = await box.run(['up', LAB, '-o', 'json'])
    expect(up).toMatchObject({ code: 1, stderr: expect.stringContaining(`distrolab extend ${LAB}`) })
    expect(up.json()).toMatchObject({ error: { code: 'lab-expired' } })
    expect(await box.engineCalls()).toEqual(calls)
    await box.ok('extend', LAB)
    await box.ok('up', LAB)
    expect((await box.ok('exec', LAB, '--', 'echo', 'back')).stdout).toBe('back\n')
  })
})
