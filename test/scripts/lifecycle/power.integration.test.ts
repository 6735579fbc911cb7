import { describe, expect, jest, test } from '@jest/globals'
import { QmpSession } from '../../../local-vm/qemu/qmp.js'
import { powerOf } from '../../../local-vm/qemu/power.js'
import type { MachineProcess, Sandbox } from '../../stand-in/sandbox.js'
import { useSandboxes } from '../../stand-in/sandbox.js'

jest.setTimeout(60_000)
const LAB = 'debian-local'
const makeSandbox = useSandboxes()

const powerIn = ({ id, folder }: MachineProcess): Promise<string> => powerOf({ id, directory: folder })

const listedPower = async (box: Sandbox): Promise<string | null | undefined> => {
  const [lab] = (await box.ok('list', '-o', 'json')).json<{ machines: { power: string | null }[] }[]>()
  return lab?.machines[0]?.power
}

async function expectShown(box: Sandbox, power: string, words: string, verb = 'up'): Promise<void> {
  expect(await listedPower(box)).toBe(power)
  expect((await box.ok('list')).stdout).toContain(`ready, ${words}`)
  const status = await box.ok('status', LAB)
  expect(status.stdout).toBe('ready\n')
  expect(status.stderr).toContain(`main: ${words}. distrolab ${verb} ${LAB} brings it back.`)
  expect((await box.ok('status', LAB, '-o', 'json')).json()).toMatchObject({ power: { main: power } })
}

describe('what a VM really does', () => {
  test('is shown where somebody paused it, and up lets it go on', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    expect(await listedPower(box)).toBe('running')
    await QmpSession.with(machine.folder, (session) => session.execute('stop'))
    await expectShown(box, 'paused', 'VM paused')
    expect((await box.ok('up', LAB, '-o', 'json')).json()).toMatchObject({ reused: true })
    expect(await powerIn(machine)).toBe('running')
    expect(box.machines()).toEqual([machine])
  })

  test('is shown where the disk of this computer is full; up says what it needs, and goes on once there is room', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    await box.knobs({ runState: 'io-error', isFull: true })
    await expectShown(box, 'io-error', 'VM stopped by a full disk')
    const refused = await box.run(['up', LAB, '-o', 'json'])
    expect(refused.json()).toMatchObject({ error: { code: 'machine-out-of-room', exitCode: 1 } })
    expect(refused.stderr).toMatch(/MiB are free there, and it needs \d+ MiB to continue/)
    expect(refused.stderr).toContain(`df -h ${machine.folder}`)
    expect(await box.state(LAB)).toBe('ready')
    await box.knobs({ runState: 'io-error' })
    expect((await box.ok('up', LAB, '-o', 'json')).json()).toMatchObject({ reused: true })
    expect(await powerIn(machine)).toBe('running')
  })

  test('is shown where it is off', async () => {
    const box = await makeSandbox()
    const { pid } = await box.up('--profile', LAB)
    await box.kill(pid)
    await expectShown(box, 'off', 'VM off', 'start')
  })

  test('one that QEMU cannot let go on is started again', async () => {
    const box = await makeSandbox()
    const before = await box.up('--profile', LAB)
    await box.knobs({ runState: 'internal-error', refusesCont: true })
    const up = await box.run(['up', LAB, '-o', 'json'])
    expect(`${up.code} ${up.stderr}`).toMatch(/^0 /)
    const [machine] = box.machines()
    expect(machine?.pid).not.toBe(before.pid)
  })
})

test('an up that is interrupted before it changed anything leaves a ready lab ready', async () => {
  const box = await makeSandbox()
  const machine = await box.up('--profile', LAB)
  const { machines } = await box.record(LAB)
  // Nothing listens there: up has to look into it.
  await box.editRecord(LAB, { machines: machines.map((each) => ({ ...each, port: 31_999 })) })
  await box.forgetWork()
  const { release } = await box.hold('init')
  const cli = box.start(['up', LAB])
  await cli.says('does not answer')
  await cli.says('init')
  cli.signal('SIGINT')
  await release()
  expect((await cli.done).code).toBe(130)
  expect(await box.state(LAB)).toBe('ready')
  expect(box.machines()).toEqual([machine])
})
