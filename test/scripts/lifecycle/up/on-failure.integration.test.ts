import { chmod, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'
import { LAB } from '../../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()
const UP = ['up', '--profile', LAB, '--on-failure', 'destroy']
const failed = { code: 'qemu-failed', message: expect.stringContaining('no memory') }

const forgotten = [
  ...['new -> provisioning', 'provisioning -> provision-failed'],
  ...['provision-failed -> destroying', 'destroying -> destroyed'],
]

/** Who holds it may be at work, so nothing else removes the lab meanwhile. */
const LOCKED = 'Error acquiring the state lock\nLock Info:\n  ID: 1\n  Who: anna@laptop\n  Created: today'

/** The engine fails at this verb until `mend`, and says this. */
async function breakEngine(box: Sandbox, verb: string, words = ''): Promise<{ mend: () => Promise<void> }> {
  const tofu = join(box.root, 'bin', 'tofu')
  const whole = await readFile(tofu, 'utf8')
  await writeFile(tofu, whole.replace('\n', `\n[ "$1" = ${verb} ] && echo '${words}' >&2 && exit 1\n`))
  return {
    mend: async () => {
      await writeFile(tofu, whole)
      await chmod(tofu, 0o755)
    },
  }
}

describe('up --on-failure destroy that fails', () => {
  test('removes what it made of a new lab, and ends with what it failed with', async () => {
    const box = await makeSandbox()
    await box.knobs({ failStart: 'no memory' })
    const up = await box.run([...UP, '-o', 'json'])
    expect(up.code).toBe(1)
    expect(up.json()).toMatchObject({ error: failed })
    expect(up.stderr).toContain('removing what was created')
    expect(await box.traces()).toEqual([])
    expect(await box.record(LAB)).toMatchObject({
      state: 'destroyed',
      command: null,
      step: null,
      engine: null,
      failure: failed,
    })
    expect(await box.transitions(LAB)).toEqual(forgotten)
    expect((await box.events(LAB))[1]).toMatchObject({
      step: 'apply',
      message: expect.stringContaining('no memory'),
    })
    expect((await box.ok('lock', 'status', LAB)).stdout).toContain('free')
  })

  test('does the same where the name was used before', async () => {
    const box = await makeSandbox()
    await box.ok('up', '--profile', LAB, '--wait', 'none')
    await box.ok('down', LAB)
    await box.knobs({ failStart: 'no memory' })
    expect((await box.run(UP)).code).toBe(1)
    expect(await box.state(LAB)).toBe('destroyed')
    expect(await box.traces()).toEqual([])
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'removes it on %s too, and exits %d: who cancels a CI run wants nothing left',
    async (signal, code) => {
      const box = await makeSandbox()
      await box.knobs({ silent: true })
      const up = box.start(UP)
      await up.says('] wait-ssh')
      expect(box.machines()).toHaveLength(1)
      up.signal(signal)
      expect((await up.done).code).toBe(code)
      expect(await box.traces()).toEqual([])
      expect(await box.record(LAB)).toMatchObject({ state: 'destroyed', failure: { code: 'interrupted' } })
    },
  )

  test('keeps a lab that existed before, whatever state it was in', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    await box.kill(machine.pid)
    await box.knobs({ failStart: 'no memory' })
    expect((await box.run(UP)).code).toBe(1)
    expect(await box.record(LAB)).toMatchObject({ state: 'provision-failed', failure: failed })
    // Again, now that it is a failed one: whoever left it so may want to look.
    expect((await box.run(UP)).code).toBe(1)
    expect(await box.state(LAB)).toBe('provision-failed')
    await box.knobs({})
    await box.ok('up', LAB)
    expect(box.machines()).toMatchObject([{ id: machine.id, folder: machine.folder }])
  })

  test('says so when it can not remove it either, and down does it later', async () => {
    const box = await makeSandbox()
    await box.knobs({ failStart: 'no memory' })
    const { mend } = await breakEngine(box, 'destroy', LOCKED)
    const up = await box.run([...UP, '-o', 'json'])
    expect(up.json()).toMatchObject({ error: failed })
    expect(up.stderr).toContain('could not be removed')
    expect(await box.record(LAB)).toMatchObject({ state: 'destroy-failed', failure: failed })
    expect((await box.events(LAB)).at(-1)).toMatchObject({
      from: 'destroying',
      to: 'destroy-failed',
      message: expect.stringMatching(/^engine-locked/),
    })
    await mend()
    await box.ok('down', LAB)
    expect(await box.traces()).toEqual([])
  })

  test('has nothing to remove where nothing was begun', async () => {
    const box = await makeSandbox()
    expect((await box.run(['up', '--profile', 'nosuch-local', '--on-failure', 'destroy'])).code).toBe(3)
    expect(await box.files()).toEqual([])
  })
})

test('a failed up keeps what it made unless told otherwise', async () => {
  const box = await makeSandbox()
  await box.knobs({ failStart: 'no memory' })
  expect((await box.run(['up', '--profile', LAB])).code).toBe(1)
  expect(await box.state(LAB)).toBe('provision-failed')
})

test('a failure of OpenTofu that no one knows leads to the lab and to its log', async () => {
  const box = await makeSandbox()
  await breakEngine(box, 'apply')
  const up = await box.run(['up', '--profile', LAB])
  const [log = ''] = await box.files('logs')
  expect(up.stderr).toMatch(/^Error: OpenTofu failed at apply/m)
  expect(up.stderr).toContain(`Next:  distrolab recover ${LAB}`)
  expect(up.stderr).toContain(`The log: ${join(box.home, log)}`)
})
