import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { PANIC, panicsSoFar } from '../../stand-in/panic.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'

jest.setTimeout(120_000)
const LAB = 'debian-local'
const makeBox = useSandboxes()

const SAID = 'main: kernel panic, restarted'
const notes = async (box: Sandbox): Promise<number> =>
  (await box.events(LAB)).filter(({ message }) => message === SAID).length

describe('a machine whose kernel panics', () => {
  test('while up waits for it is started again, which is said and recorded', async () => {
    const box = await makeBox()
    await box.knobs({ panics: 2 })
    const run = await box.run(['up', '--profile', LAB])
    expect(`${run.code} ${run.stderr}`).toMatch(/^0 /)
    expect(run.stderr.split(`${SAID} (Attempted to kill init! exitcode=0x0000000b)`)).toHaveLength(3)
    expect(await notes(box)).toBe(2)
    expect(box.machines()).toHaveLength(1)
    expect((await box.ok('exec', LAB, '--', 'echo alive')).stdout).toBe('alive\n')
  })

  test('at each of three starts is given up with the end of its console; the next up starts it once more', async () => {
    const box = await makeBox()
    await box.knobs({ panics: 3 })
    const run = await box.run(['up', '--profile', LAB, '-o', 'json'])
    expect(run.code).toBe(1)
    expect(run.json()).toMatchObject({
      error: { code: 'kernel-panic', message: expect.stringContaining('The end of its console:') },
    })
    expect(await box.record(LAB)).toMatchObject({ state: 'configure-failed', failure: { step: 'wait-ssh' } })
    expect(await notes(box)).toBe(2)
    const [machine] = box.machines()
    expect(panicsSoFar(join(machine?.folder ?? '', 'console.log'))).toBe(3)
    await box.ok('up', LAB)
    expect(await notes(box)).toBe(3)
    expect(await box.state(LAB)).toBe('ready')
  })

  test('when the lab was ready long ago is started again by up', async () => {
    const box = await makeBox()
    const before = await box.up('--profile', LAB)
    await appendFile(join(before.folder, 'console.log'), PANIC)
    const run = await box.run(['up', LAB, '-o', 'json'])
    expect(run.json()).toMatchObject({ state: 'ready', reused: false })
    expect(run.stderr).toContain(SAID)
    const machines = box.machines()
    expect(machines).toHaveLength(1)
    expect(machines[0]?.pid).not.toBe(before.pid)
  })
})
