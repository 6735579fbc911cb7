import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { describe, expect, jest, test } from '@jest/globals'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()

interface Reset {
  readonly state: string
  readonly reset: readonly { readonly verified: string; readonly clockWithinMs: number }[]
  readonly timings: readonly { readonly step: string }[]
}

const SECOND_MS = 1000

/** How far the machine's clock is from this computer's, in milliseconds. */
async function clockOff(box: Sandbox): Promise<number> {
  const before = Date.now()
  const told = Number((await box.ok('exec', LAB, '--', 'date +%s%3N')).stdout)
  return told < before ? before - told : Math.max(0, told - Date.now())
}

const exec = async (box: Sandbox, command: string): Promise<string> =>
  (await box.ok('exec', LAB, '--', command)).stdout

describe('reset', () => {
  test('takes every change back in a QEMU of its own, keeps all else of the machine, sets its clock, and says how it knows', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    const before = await box.record(LAB)
    await exec(box, 'echo planted >planted; sudo -n date -u -s @4000000000.000')
    // One that is behind would have been set by the look itself.
    expect(await clockOff(box)).toBeGreaterThan(SECOND_MS)
    const reset = (await box.ok('reset', LAB, '-o', 'json')).json<Reset>()
    expect(reset).toMatchObject({
      lab: LAB,
      state: 'ready',
      reset: [{ name: 'main', verified: 'marker-gone' }],
      timings: ['restore', 'wait-ssh', 'verify'].map((step) => ({ step })),
    })
    expect(reset.reset[0]?.clockWithinMs).toBeLessThan(SECOND_MS)
    expect(await clockOff(box)).toBeLessThan(SECOND_MS)
    expect(await exec(box, 'ls -A')).not.toMatch(/planted|distrolab/)
    const machines = box.machines()
    expect(machines).toEqual([{ ...machine, pid: expect.any(Number) }])
    expect(machines[0]?.pid).not.toBe(machine.pid)
    const after = await box.record(LAB)
    expect(after).toMatchObject({ failure: null, command: null, step: null })
    const unmarked = ({ machines }: typeof after) =>
      machines.map(({ marker: _marker, ...machine }) => machine)
    expect(unmarked(after)).toEqual(unmarked(before))
    expect(await exec(box, 'ls .ssh')).toBe(`${after.machines[0]?.marker ?? ''}\n`)
    expect(after.machines[0]?.marker).not.toBe(before.machines[0]?.marker)
    const moves = (await box.transitions(LAB)).filter((move) => move.includes('resetting'))
    expect(moves).toEqual(['ready -> resetting', 'resetting -> ready'])
    expect((await box.ok('reset', LAB)).stdout).toMatch(
      /^debian-local is back at its baseline \(debian-13\) after .*; its clock is accurate to \d+ ms\.\nssh /,
    )
  })

  test('of a machine that is off starts it with the baseline, and its marker proves it', async () => {
    const box = await makeSandbox()
    const { pid } = await box.up('--profile', LAB)
    await exec(box, 'echo planted >planted')
    await box.kill(pid)
    const reset = await box.ok('reset', LAB, '-o', 'json')
    expect(reset.json<Reset>()).toMatchObject({ state: 'ready', reset: [{ verified: 'marker-gone' }] })
    expect(await exec(box, 'ls')).toBe('')
    expect(box.machines()).toHaveLength(1)
  })

  test('of a machine that takes no file says that nothing proves it', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB, '--wait', 'none')
    await writeFile(box.disk(machine, 'guest', '.ssh'), 'in the way of the folder')
    const up = await box.ok('up', LAB)
    expect(up.stderr).toContain(`${LAB}/main: cannot write the marker file`)
    const reset = await box.ok('reset', LAB, '-o', 'json')
    expect(reset.json<Reset>()).toMatchObject({ state: 'ready', reset: [{ verified: 'unverified' }] })
  })

  test('that did not go back is a failure, not a ready lab', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    // What the stand-in keeps of the guest: without it the snapshot loads, and changes nothing.
    await rm(box.disk(machine, 'guest.baseline'), { recursive: true })
    const reset = await box.run(['reset', LAB, '-o', 'json'])
    expect(reset.code).toBe(1)
    expect(reset.json()).toMatchObject({ error: { code: 'reset-not-clean' } })
    expect(await box.record(LAB)).toMatchObject({ state: 'reset-failed', failure: { step: 'verify' } })
  })

  test('without a baseline fails, and up starts the machine as it is and says so', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    await exec(box, 'echo kept >kept')
    await rm(box.disk(machine, 'fake-snapshots.json'))
    const reset = await box.run(['reset', LAB])
    expect(reset.code).toBe(1)
    expect(reset.stderr).toContain('has no baseline to go back to')
    expect(await box.record(LAB)).toMatchObject({ state: 'reset-failed', failure: { step: 'restore' } })
    await box.kill(machine.pid)
    const up = await box.ok('up', LAB)
    expect(up.stderr).toContain('it is not at its baseline')
    expect(await box.state(LAB)).toBe('ready')
    expect(await exec(box, 'cat kept')).toBe('kept\n')
  })

  test('refuses a lab that is not ready, or on another computer, and records nothing', async () => {
    const box = await makeSandbox()
    expect(await box.run(['reset', LAB])).toMatchObject({ code: 3 })
    await box.up('--profile', LAB, '--wait', 'none')
    const before = await box.record(LAB)
    const reset = await box.run(['reset', LAB])
    expect(reset.code).toBe(1)
    expect(reset.stderr).toContain(`distrolab up ${LAB}`)
    expect(await box.record(LAB)).toEqual(before)
  })
})

describe('a reset that did not end', () => {
  test.each(['up', 'reset'])('is finished by %s', async (verb) => {
    const box = await makeSandbox()
    const { pid } = await box.up('--profile', LAB)
    await exec(box, 'echo planted >planted')
    await box.kill(pid)
    await box.knobs({ holdStart: true })
    const reset = box.start(['reset', LAB])
    await waitUntil('the machine to start', () => box.processes('machine').length > 0)
    reset.signal('SIGINT')
    await reset.says('Interrupted')
    // The driver starts QEMU to the end: half a machine would be of no use to anybody.
    await box.knobs({})
    expect((await reset.done).code).toBe(130)
    expect(await box.record(LAB)).toMatchObject({ state: 'reset-failed', failure: { code: 'interrupted' } })
    await box.ok(verb, LAB)
    expect(await box.state(LAB)).toBe('ready')
    expect(await exec(box, 'ls')).toBe('')
    expect(box.machines()).toHaveLength(1)
  })
})

describe('the baseline', () => {
  test('is taken once, by the first up that configures the machine, and never moved', async () => {
    const box = await makeSandbox()
    await box.ok('up', '--profile', LAB, '--wait', 'none')
    const [machine] = box.machines()
    const snapshot = box.disk(machine, 'guest.baseline')
    expect(existsSync(snapshot)).toBe(false)
    await box.ok('up', LAB)
    expect(existsSync(snapshot)).toBe(true)
    await exec(box, 'echo later >later')
    await box.kill(machine?.pid ?? 0)
    await box.ok('up', LAB)
    await box.ok('reset', LAB)
    expect(await exec(box, 'ls')).toBe('')
  })

  test('of a swapped lab is that of its new distro', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    await exec(box, 'echo old >old')
    await box.ok('swap', LAB, 'debian-12')
    await exec(box, 'echo new >new')
    await box.ok('reset', LAB)
    expect(await exec(box, 'ls')).toBe('')
    expect(await box.record(LAB)).toMatchObject({ distro: 'debian-12', state: 'ready' })
  })
})
