import { describe, expect, jest, test } from '@jest/globals'
import { waitUntil } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { engineLocks, LAB, STAGES, upTo, type Stage } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()
const stageOf = (name: Stage['name']): Stage => STAGES.find((stage) => stage.name === name) as Stage

async function expectInterrupted(box: Sandbox, stage: Stage): Promise<void> {
  const record = await box.record(LAB)
  expect(record).toMatchObject({
    state: stage.failed,
    command: null,
    step: null,
    engine: null,
    failure: { step: stage.name, code: 'interrupted' },
  })
  // The held engine's own pause of 50 ms.
  await waitUntil('the end of pauses', () => box.processes('other').length === 0)
  // OpenTofu kills the driver: the machine that it was just starting may come up, and is found again.
  const roles = new Set(box.processes().map(({ role }) => role))
  roles.delete('watchdog')
  expect([...roles]).toEqual(stage.name === 'wait-ssh' || stage.name === 'apply' ? ['machine'] : [])
  expect(await engineLocks(box)).toEqual([])
  expect((await box.ok('lock', 'status', LAB)).stdout).toContain('free')
}

async function expectUpAndDownWork(box: Sandbox): Promise<void> {
  await box.ok('up', LAB)
  expect(box.machines()).toHaveLength(1)
  expect(await box.state(LAB)).toBe('ready')
  await box.ok('down', LAB)
  expect(await box.traces()).toEqual([])
}

describe('an interrupted up', () => {
  test.each(STAGES)('stops at $name on Ctrl-C, records it, and up goes on from there', async (stage) => {
    const box = await makeSandbox()
    const { cli, release } = await upTo(box, stage)
    cli.signal('SIGINT')
    await cli.says('Interrupted')
    const run = await cli.done
    expect(run).toMatchObject({ code: 130, stdout: '' })
    expect(run.stderr).toContain('Interrupted by SIGINT')
    await expectInterrupted(box, stage)
    await release()
    await expectUpAndDownWork(box)
  })

  test.each(STAGES)('leaves to down after $name only what it made', async (stage) => {
    const box = await makeSandbox()
    const { cli, release } = await upTo(box, stage)
    cli.signal('SIGINT')
    await cli.says('Interrupted')
    await release()
    expect((await cli.done).code).toBe(130)
    await box.ok('down', LAB)
    expect(await box.traces()).toEqual([])
    expect(await box.state(LAB)).toBe('destroyed')
  })

  test.each([
    ['SIGTERM', 'apply'],
    ['SIGHUP', 'wait-ssh'],
  ] as const)('does the same and exits 143 on %s at %s', async (signal, name) => {
    const box = await makeSandbox()
    const stage = stageOf(name)
    const { cli } = await upTo(box, stage)
    cli.signal(signal)
    await cli.says('Interrupted')
    expect((await cli.done).code).toBe(143)
    await expectInterrupted(box, stage)
  })

  test('a second Ctrl-C says what is waited for and hurts nothing', async () => {
    const box = await makeSandbox()
    const { release } = await box.hold('init', 'stubborn')
    const cli = box.start(['up', '--profile', LAB])
    await cli.says('] init')
    await waitUntil('the engine', () => box.processes('engine').length === 1)
    cli.signal('SIGINT')
    await cli.says('(waiting for OpenTofu to stop)')
    cli.signal('SIGINT')
    await cli.says('Still stopping: waiting for OpenTofu to stop')
    expect(box.processes('engine')).toHaveLength(1)
    await release()
    expect((await cli.done).code).toBe(130)
    await expectInterrupted(box, stageOf('init'))
    await expectUpAndDownWork(box)
  })

  test('an interrupted down is taken up by the next one, and up says that it must be', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const hold = await box.hold('destroy')
    const down = box.start(['down', LAB])
    await down.says('] destroy')
    down.signal('SIGINT')
    expect((await down.done).code).toBe(130)
    await hold.release()
    expect(await box.record(LAB)).toMatchObject({ state: 'destroy-failed', failure: { step: 'destroy' } })
    expect(await engineLocks(box)).toEqual([])
    await box.ok('down', LAB)
    expect(await box.traces()).toEqual([])
  })
})
