import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { appendFile, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DriverProgress } from '../../local-vm/protocol.js'
import { waitUntil } from '../support/local-vm/driver-process.js'
import { useFakeMachine } from '../support/local-vm/fake-machine.js'

jest.setTimeout(60_000)

const theMachine = useFakeMachine()

/** Stopped processes that a test must not leave behind, or nobody could end them kindly. */
const frozen: number[] = []
afterEach(() => {
  for (const pid of frozen.splice(0)) signalIfAlive(pid, 'SIGCONT')
})
function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** The state of the guest, as the stand-in keeps it. */
async function plant(state: string): Promise<void> {
  await mkdir(theMachine().disk('guest'), { recursive: true })
  await writeFile(theMachine().disk('guest/state'), state)
}
const planted = (): Promise<string> => readFile(theMachine().disk('guest/state'), 'utf8')
const isWaiting = ({ message }: DriverProgress): boolean => message === 'waiting until the guest is idle'
const count = (deeds: readonly string[], deed: string): number =>
  deeds.filter((candidate) => candidate === deed).length

async function machineWithBaseline(changes: object = {}): Promise<number> {
  const created = await theMachine().run('create', changes)
  await plant('baseline')
  expect((await theMachine().run('baseline')).result).toMatchObject({ taken: true })
  await plant('changed')
  return created.result?.machine.pid ?? -1
}

describe('taking the baseline', () => {
  test('is done once: a second time keeps what there is', async () => {
    await machineWithBaseline()
    const again = await theMachine().run('baseline')
    expect(again.result).toMatchObject({ taken: false, machine: { presence: 'running' } })
    expect(count(await theMachine().deeds(), 'snapshot-save')).toBe(1)
  })

  test('needs a machine that runs', async () => {
    expect((await theMachine().run('baseline')).fault?.code).toBe('machine-absent')
    await theMachine().run('create')
    await theMachine().run('stop')
    expect(await theMachine().run('baseline')).toMatchObject({ code: 1, fault: { code: 'machine-stopped' } })
  })

  test('waits until the guest has ended what it is doing', async () => {
    await theMachine().run('create', {}, 'busy')
    const baseline = theMachine().start('baseline', { restWithinMs: 40_000 })
    await baseline.sees(isWaiting)
    await sleep(1_500)
    expect(await theMachine().deeds()).not.toContain('snapshot-save')
    await writeFile(theMachine().file('rest'), '')
    expect((await baseline.done).result).toMatchObject({ taken: true })
    const deeds = await theMachine().deeds()
    expect(deeds.indexOf('snapshot-save')).toBeGreaterThan(deeds.indexOf('at rest'))
    expect(deeds).toContain('at rest')
  })

  test('does not take a guest for one at rest that others leave no room', async () => {
    await theMachine().run('create', {}, 'busy')
    // In sessions of their own: Linux shares processors out among sessions first.
    const others = Array.from({ length: 8 * availableParallelism() }, () =>
      spawn(process.execPath, ['-e', 'for (;;);'], { detached: true, stdio: 'ignore' }),
    )
    try {
      const baseline = theMachine().start('baseline', { restWithinMs: 60_000 })
      await baseline.sees(isWaiting)
      await sleep(1_500)
      expect(await theMachine().deeds()).not.toContain('snapshot-save')
      await writeFile(theMachine().file('rest'), '')
      others.forEach((other) => other.kill('SIGKILL'))
      expect((await baseline.done).result).toMatchObject({ taken: true })
      expect(await theMachine().deeds()).toContain('at rest')
    } finally {
      others.forEach((other) => other.kill('SIGKILL'))
    }
  })

  test('of a guest that never rests is taken when its time is over', async () => {
    await theMachine().run('create', {}, 'busy')
    expect((await theMachine().run('baseline', { restWithinMs: 500 })).result).toMatchObject({ taken: true })
    expect(await theMachine().deeds()).not.toContain('at rest')
  })

  test('of a QEMU that ends meanwhile says that nobody answers', async () => {
    const created = await theMachine().run('create', {}, 'busy')
    const baseline = theMachine().start('baseline', { restWithinMs: 20_000 })
    await baseline.sees(isWaiting)
    process.kill(created.result?.machine.pid ?? -1, 'SIGKILL')
    expect((await baseline.done).fault?.code).toBe('machine-broken')
  })

  test('that finds no room says so, and the machine goes on', async () => {
    const created = await theMachine().run('create', {}, 'save-fails')
    const run = await theMachine().run('baseline')
    expect(run).toMatchObject({ code: 1, fault: { code: 'disk-full', place: theMachine().spec.directory } })
    const { result } = await theMachine().run('start')
    expect(result).toMatchObject({ reused: true, machine: { pid: created.result?.machine.pid } })
  })

  test('replaces half of one, which a QEMU left that ended on the way', async () => {
    // As with UEFI: two disks. The stand-in does not look at what it boots.
    await theMachine().run('create')
    await theMachine().run('stop')
    const meta = theMachine().file('machine.json')
    await writeFile(meta, (await readFile(meta, 'utf8')).replace('kernel', 'uefi'))
    await theMachine().run('start', {}, 'save-dies')
    expect((await theMachine().run('baseline')).fault).toMatchObject({ code: 'baseline-failed' })
    await theMachine().run('start')
    expect((await theMachine().run('reset')).fault?.code).toBe('baseline-absent')
    expect((await theMachine().run('baseline')).result?.taken).toBe(true)
    expect(await theMachine().deeds()).toContain('snapshot-delete')
    expect((await theMachine().run('reset')).code).toBe(0)
  })
})

describe('reset', () => {
  test('of a running machine brings the baseline back in a QEMU of its own, under the same watchdog', async () => {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const pid = await machineWithBaseline({ expiresAt })
    const watchdog = await readFile(theMachine().file('watchdog.pid'), 'utf8')
    const run = await theMachine().run('reset', { expiresAt })
    const after = run.result?.machine
    expect(after?.port).toBe(theMachine().spec.sshPort)
    expect(after?.pid).not.toBe(pid)
    expect(await planted()).toBe('baseline')
    expect(run.progress.map(({ phase }) => phase)).toEqual(['reset', 'start'])
    const { result } = await theMachine().run('status')
    expect(result?.machine).toMatchObject({ presence: 'running', pid: after?.pid, watchdog: 'armed' })
    expect(await readFile(theMachine().file('watchdog.pid'), 'utf8')).toBe(watchdog)
  })

  test('may be repeated', async () => {
    await machineWithBaseline()
    for (const state of ['one', 'two']) {
      await plant(state)
      expect((await theMachine().run('reset')).code).toBe(0)
      expect(await planted()).toBe('baseline')
    }
  })

  test('of a machine that is off starts it where the baseline is, not with a boot', async () => {
    await machineWithBaseline()
    await theMachine().run('stop')
    const before = (await theMachine().deeds()).length
    expect((await theMachine().run('reset')).code).toBe(0)
    expect(await planted()).toBe('baseline')
    const deeds = (await theMachine().deeds()).slice(before)
    expect(deeds.indexOf('cont')).toBeGreaterThan(deeds.indexOf('snapshot-load'))
    expect(count(deeds, 'cont')).toBe(1)
  })

  test('of one whose QEMU stands still replaces it', async () => {
    const pid = await machineWithBaseline()
    process.kill(pid, 'SIGSTOP')
    frozen.push(pid)
    const run = await theMachine().run('reset')
    expect(run.code).toBe(0)
    expect(run.result?.machine.pid).not.toBe(pid)
    expect(await planted()).toBe('baseline')
  })

  test('without a baseline changes nothing', async () => {
    const created = await theMachine().run('create')
    await plant('as it was')
    expect(await theMachine().run('reset')).toMatchObject({ code: 1, fault: { code: 'baseline-absent' } })
    expect(await planted()).toBe('as it was')
    const { pid } = created.result?.machine ?? {}
    expect((await theMachine().run('status')).result?.machine).toMatchObject({ presence: 'running', pid })
  })

  test('without a baseline leaves a machine off that was off', async () => {
    await theMachine().run('create')
    await theMachine().run('stop')
    expect((await theMachine().run('reset')).fault?.code).toBe('baseline-absent')
    expect((await theMachine().run('status')).result?.machine.presence).toBe('stopped')
  })

  test('needs a machine', async () => {
    expect((await theMachine().run('reset')).fault?.code).toBe('machine-absent')
  })

  test('that cannot load the baseline says why, and leaves no half-loaded guest running', async () => {
    await theMachine().run('create')
    await theMachine().run('baseline')
    expect((await theMachine().run('reset', {}, 'load-fails')).fault).toEqual({
      type: 'fault',
      code: 'baseline-broken',
      id: theMachine().spec.id,
      reason: 'Unknown ramblock "pc.ram", cannot accept migration',
    })
    expect((await theMachine().run('status')).result?.machine.presence).toBe('stopped')
  })

  test('killed when QEMU has just started leaves a machine that start sets going', async () => {
    await machineWithBaseline()
    await theMachine().run('stop')
    const reset = theMachine().start('reset', {}, 'slow')
    await waitUntil(async () => count(await theMachine().deeds(), 'start') === 2)
    reset.kill('SIGKILL')
    await reset.done
    const started = await theMachine().run('start')
    expect(started.fault).toBeUndefined()
    expect((await theMachine().deeds()).at(-2)).toBe('cont')
    expect((await theMachine().run('reset')).code).toBe(0)
    expect(await planted()).toBe('baseline')
  })
})

describe('a guest kernel that has panicked', () => {
  const END =
    '[    3.1] ---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b ]---\r\n'
  const panic = async (): Promise<string | undefined> =>
    (await theMachine().run('status')).result?.machine.panic

  test('is seen in the status, until the machine starts anew', async () => {
    await theMachine().run('create', {}, 'deaf')
    expect(await panic()).toBeUndefined()
    await appendFile(theMachine().file('console.log'), `[    3.0] Kernel panic - not syncing\r\n${END}`)
    expect(await panic()).toBe('Attempted to kill init! exitcode=0x0000000b')
    await theMachine().run('stop')
    expect(await theMachine().deeds()).not.toContain('system_powerdown')
    await theMachine().run('start')
    expect(await panic()).toBeUndefined()
    expect((await stat(theMachine().file('console.log'))).size).toBeGreaterThan(END.length)
  })

  test('is forgotten after a reset', async () => {
    await machineWithBaseline()
    await appendFile(theMachine().file('console.log'), END)
    await theMachine().run('reset')
    expect(await panic()).toBeUndefined()
  })

  test('that starts anew by itself is none', async () => {
    await theMachine().run('create')
    await appendFile(
      theMachine().file('console.log'),
      'Kernel panic - not syncing: x\nRebooting in 5 seconds..\n',
    )
    expect(await panic()).toBeUndefined()
  })
})
