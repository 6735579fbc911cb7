import { afterEach, describe, expect, jest, test } from '@jest/globals'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identifyProcess } from '../../backend/process-identity.js'
import { waitUntil } from '../support/local-vm/driver-process.js'
import { useFakeMachine } from '../support/local-vm/fake-machine.js'

jest.setTimeout(90_000)

const theMachine = useFakeMachine()

const frozen: number[] = []
afterEach(() => {
  for (const pid of frozen.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGCONT')
})

const isAlive = (pid: number): boolean => identifyProcess(pid) !== undefined
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString()
const HOUR_MS = 3_600_000
const status = async () => (await theMachine().run('status')).result?.machine
const isOff = async (): Promise<boolean> => (await status())?.presence === 'stopped'
const watchdogPid = async (): Promise<number> =>
  Number(await readFile(theMachine().file('watchdog.pid'), 'utf8'))

/** The machine's time is up, from now on. */
async function expire(): Promise<string> {
  const expiresAt = soon(0)
  expect((await theMachine().run('extend', { expiresAt })).fault).toBeUndefined()
  return expiresAt
}

/** Ends the machine's watchdog as nobody should. */
async function killWatchdog(): Promise<number> {
  const pid = await watchdogPid()
  process.kill(pid, 'SIGKILL')
  await waitUntil(() => !isAlive(pid))
  return pid
}

async function pidOf(expiresAt: string | null, mode = ''): Promise<number> {
  const run = await theMachine().run('create', { expiresAt }, mode)
  expect(run.fault).toBeUndefined()
  return run.result?.machine.pid ?? -1
}

describe('a machine with an expiry', () => {
  test('powers itself off then, with no command running, and its watchdog ends', async () => {
    const later = soon(HOUR_MS)
    const pid = await pidOf(later)
    expect(await status()).toMatchObject({ presence: 'running', expiresAt: later, watchdog: 'armed' })
    const watchdog = await watchdogPid()
    const expiresAt = await expire()
    await waitUntil(() => !isAlive(pid))
    await waitUntil(() => !isAlive(watchdog))
    expect(await theMachine().deeds()).toContain('system_powerdown')
    expect(await status()).toEqual({ id: theMachine().spec.id, presence: 'stopped', expiresAt })
  })

  test('is ended by force when its guest does not listen', async () => {
    const pid = await pidOf(soon(HOUR_MS), 'deaf')
    await expire()
    await waitUntil(() => !isAlive(pid), 60_000)
    expect((await theMachine().deeds()).filter((deed) => deed === 'quit')).toHaveLength(1)
  })

  test('is powered off also when nobody answers for it', async () => {
    const pid = await pidOf(soon(HOUR_MS))
    process.kill(pid, 'SIGSTOP')
    frozen.push(pid)
    await expire()
    await waitUntil(() => !isAlive(pid), 60_000)
  })

  test('is not started again before it is given more time', async () => {
    await pidOf(soon(HOUR_MS))
    const expiresAt = await expire()
    await waitUntil(isOff)
    for (const verb of ['start', 'create', 'reset'] as const) {
      expect(await theMachine().run(verb)).toMatchObject({
        code: 1,
        fault: { code: 'machine-expired', expiresAt },
      })
    }
    const later = soon(HOUR_MS)
    const extended = await theMachine().run('extend', { expiresAt: later })
    expect(extended.result?.machine).toMatchObject({ presence: 'stopped', expiresAt: later })
    expect((await theMachine().run('start')).code).toBe(0)
    expect(await status()).toMatchObject({ presence: 'running', watchdog: 'armed', expiresAt: later })
  })

  test('that is over when it is made is refused and leaves nothing', async () => {
    const run = await theMachine().run('create', { expiresAt: '2020-01-01T00:00:00Z' })
    expect(run.fault?.code).toBe('machine-expired')
    expect(await readdir(join(theMachine().home, 'machines'))).toEqual([])
  })
})

describe('moving the expiry', () => {
  test('keeps machine and watchdog, and the new time counts', async () => {
    const pid = await pidOf(soon(HOUR_MS))
    const watchdog = await watchdogPid()
    const later = soon(2 * HOUR_MS)
    const run = await theMachine().run('extend', { expiresAt: later })
    expect(run.result?.machine).toMatchObject({ pid, expiresAt: later, watchdog: 'armed' })
    await waitUntil(() => readFileSync(theMachine().file('watchdog.log'), 'utf8').includes(later))
    expect(await status()).toMatchObject({ presence: 'running', pid })
    expect(await watchdogPid()).toBe(watchdog)
    await expire()
    await waitUntil(() => !isAlive(pid))
  })

  test('may take it away: nothing watches then', async () => {
    const pid = await pidOf(soon(HOUR_MS))
    const watchdog = await watchdogPid()
    const run = await theMachine().run('extend', { expiresAt: null })
    expect(run.result?.machine).not.toHaveProperty('expiresAt')
    expect(run.result?.machine).not.toHaveProperty('watchdog')
    expect(isAlive(watchdog)).toBe(false)
    expect(isAlive(pid)).toBe(true)
  })

  test('may give one to a machine that had none', async () => {
    const pid = await pidOf(null)
    expect(await status()).toEqual(expect.not.objectContaining({ watchdog: expect.anything() }))
    const run = await theMachine().run('extend', { expiresAt: soon(2_000) })
    expect(run.result?.machine.watchdog).toBe('armed')
    await waitUntil(() => !isAlive(pid))
  })

  test('needs a machine', async () => {
    expect((await theMachine().run('extend', { expiresAt: null })).fault?.code).toBe('machine-absent')
  })

  test('is not undone by a start that does not speak of it, and moved by one that does', async () => {
    await pidOf(soon(HOUR_MS))
    const later = soon(2 * HOUR_MS)
    await theMachine().run('extend', { expiresAt: later })
    await theMachine().run('start')
    expect((await status())?.expiresAt).toBe(later)
    const latest = soon(3 * HOUR_MS)
    await theMachine().run('start', { expiresAt: latest })
    expect(await status()).toMatchObject({ expiresAt: latest, watchdog: 'armed' })
  })
})

describe('the watchdog', () => {
  test.each(['start', 'create', 'baseline', 'extend'] as const)(
    'that was killed is missing in the status, and %s arms a new one',
    async (verb) => {
      const expiresAt = soon(HOUR_MS)
      await pidOf(expiresAt)
      const killed = await killWatchdog()
      expect((await status())?.watchdog).toBe('missing')
      expect((await theMachine().run(verb, { expiresAt })).code).toBe(0)
      expect((await status())?.watchdog).toBe('armed')
      expect(await watchdogPid()).not.toBe(killed)
    },
  )

  test('that was killed is armed by reset', async () => {
    await pidOf(soon(HOUR_MS))
    await theMachine().run('baseline')
    await killWatchdog()
    expect((await theMachine().run('reset')).code).toBe(0)
    expect((await status())?.watchdog).toBe('armed')
  })

  test('that was killed before an expiry which has passed: whoever wants to start the machine gets it powered off', async () => {
    const pid = await pidOf(soon(HOUR_MS))
    await killWatchdog()
    await writeFile(theMachine().file('expiry.json'), JSON.stringify({ expiresAt: soon(-1_000) }))
    expect((await theMachine().run('start')).fault?.code).toBe('machine-expired')
    await waitUntil(() => !isAlive(pid))
  })

  test('is one, however many drivers arm it at once', async () => {
    const expiresAt = soon(HOUR_MS)
    await pidOf(expiresAt)
    await killWatchdog()
    await Promise.all([1, 2, 3].map(() => theMachine().run('extend', { expiresAt })))
    expect(watchdogs()).toHaveLength(1)
  })

  test('goes with the machine: stop and destroy leave no process and no file', async () => {
    await pidOf(soon(HOUR_MS))
    expect(watchdogs()).toHaveLength(1)
    await theMachine().run('stop')
    expect(watchdogs()).toEqual([])
    await theMachine().run('start')
    expect(watchdogs()).toHaveLength(1)
    expect((await theMachine().run('destroy')).code).toBe(0)
    expect(watchdogs()).toEqual([])
    expect(await readdir(join(theMachine().home, 'machines'))).toEqual([])
  })

  test('does not let a machine live on whose folder was deleted, and ends then too', async () => {
    const pid = await pidOf(soon(HOUR_MS))
    const expiresAt = soon(10_000)
    await theMachine().run('extend', { expiresAt })
    await waitUntil(() => readFileSync(theMachine().file('watchdog.log'), 'utf8').includes(expiresAt))
    await rm(theMachine().spec.directory, { recursive: true })
    await waitUntil(() => !isAlive(pid))
    await waitUntil(() => watchdogs().length === 0)
  })

  test('ends a machine only when it is proven to be its own', async () => {
    const pid = await pidOf(soon(HOUR_MS))
    process.kill(pid, 'SIGKILL')
    // A pid file that names somebody else: pids are reused.
    await writeFile(theMachine().file('qemu.pid'), `${process.pid}\n`)
    const watchdog = await watchdogPid()
    await theMachine().run('extend', { expiresAt: soon(0) })
    await waitUntil(() => !isAlive(watchdog))
    expect(isAlive(process.pid)).toBe(true)
  })

  test('waits for a driver that is at work, and then finds the machine it has made', async () => {
    await pidOf(soon(HOUR_MS))
    await theMachine().run('stop')
    const start = theMachine().start('start', {}, 'later')
    await waitUntil(async () => (await theMachine().deeds()).filter((deed) => deed === 'start').length === 2)
    await writeFile(theMachine().file('expiry.json'), JSON.stringify({ expiresAt: soon(0) }))
    const run = await start.done
    expect(run.fault).toBeUndefined()
    await waitUntil(() => !isAlive(run.result?.machine.pid ?? process.pid))
  })

  test.each([
    ['is damaged', (file: string) => writeFile(file, '{')],
    ['names no time', (file: string) => writeFile(file, '{"expiresAt":"5"}')],
    ['is removed', (file: string) => rm(file)],
    ['is a folder', (file: string) => rm(file).then(() => mkdir(file))],
  ])('whose file %s goes by the time that it knew: not before it, and not never', async (_how, spoil) => {
    const pid = await pidOf(soon(HOUR_MS))
    const expiresAt = soon(9_000)
    await theMachine().run('extend', { expiresAt })
    await waitUntil(() => readFileSync(theMachine().file('watchdog.log'), 'utf8').includes(expiresAt))
    await spoil(theMachine().file('expiry.json'))
    expect(await status()).toMatchObject({ presence: 'running', watchdog: 'armed' })
    while (Date.now() < Date.parse(expiresAt) - 500) {
      expect(isAlive(pid)).toBe(true)
      await sleep(200)
    }
    await waitUntil(() => !isAlive(pid))
    await waitUntil(() => watchdogs().length === 0)
  })

  test('that is suspended counts as none, and is replaced', async () => {
    const expiresAt = soon(HOUR_MS)
    await pidOf(expiresAt)
    const suspended = await watchdogPid()
    process.kill(suspended, 'SIGSTOP')
    frozen.push(suspended)
    await waitUntil(async () => (await status())?.watchdog === 'missing')
    expect((await theMachine().run('extend', { expiresAt })).result?.machine.watchdog).toBe('armed')
    expect(isAlive(suspended)).toBe(false)
    expect(watchdogs()).toHaveLength(1)
  })
})

/** The pids of this machine's watchdogs. */
function watchdogs(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => {
    const words = commandLine(pid)
    return words.some((word) => word.endsWith('/watchdog.js')) && words.includes(theMachine().spec.directory)
  })
}

/** Empty for a process that has ended meanwhile. */
function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    return []
  }
}
