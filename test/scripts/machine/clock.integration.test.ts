import { describe, expect, test } from '@jest/globals'
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerChannel } from 'ssh2'
import { behindMs, setClock, type ClockOptions } from '../../../scripts/machine/clock.js'
import type { Connection } from '../../../scripts/machine/connect.js'
import { errorOf, faultOf, temporaryFolder, until } from '../../support/cli/support.js'
import { useConnections } from '../../support/machine/closing.js'

const connected = useConnections()

/**
 * A machine whose user, sudo and clock are stand-ins, so that this computer's clock stays as it is: `date` writes down
 * how far what it was told is from the true time, in milliseconds.
 */
async function machine(tools: { sudo?: string; date?: string; perl?: string } = {}): Promise<{
  connection: Connection
  offsets: () => number[]
}> {
  const folder = temporaryFolder()
  const log = join(folder, 'offsets')
  const all = {
    sudo: `[ "$1" = -n ] && shift && exec "$@"`,
    date: `[ "$1 $2" = "-u -s" ] && echo "$3 $(/bin/date +%s%3N)" >>'${log}'`,
    ...tools,
  }
  for (const [name, script] of Object.entries(all)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const { connection } = await connected((channel, command) => {
    const child = spawn('/bin/sh', ['-c', command], { env: { PATH: `${folder}:/usr/bin:/bin` } })
    channel.pipe(child.stdin)
    child.stdin.on('error', () => undefined)
    child.stdout.pipe(channel, { end: false })
    child.stderr.pipe(channel.stderr, { end: false })
    child.on('close', (code) => {
      channel.exit(code ?? 255)
      channel.end()
    })
  })
  const offsets = (): number[] =>
    readFileSync(log, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' '))
      .map(([told, now]) => Math.round(Number(told?.slice(1)) * 1000) - Number(now))
  return { connection, offsets }
}

const options = (more: Partial<ClockOptions> = {}): ClockOptions => ({
  lab: 'demo',
  machine: 'main',
  user: 'debian',
  signal: new AbortController().signal,
  ...more,
})

describe('setting the clock', () => {
  test('tells the true time, to the millisecond, and how wrong the clock can be at most', async () => {
    const { connection, offsets } = await machine()
    const { withinMs } = await setClock(connection, options())
    expect(Math.abs(offsets().at(-1) ?? NaN)).toBeLessThanOrEqual(withinMs)
  })

  test('on a slow machine is done again, ahead by half of what it took', async () => {
    const slow = `sleep 0.6; echo "$3 $(/bin/date +%s%3N)" >>"$(dirname "$0")/offsets"`
    const { connection, offsets } = await machine({ date: slow })
    const { withinMs } = await setClock(connection, options())
    const [first, second] = offsets()
    expect(first).toBeLessThan(-500)
    expect(Math.abs(second ?? NaN)).toBeLessThanOrEqual(withinMs)
  })

  test('needs no sudo where root is logged in', async () => {
    const { connection, offsets } = await machine({ sudo: 'exit 1' })
    await setClock(connection, options({ user: 'root' }))
    expect(offsets()).not.toEqual([])
  })

  test('first gives a machine whose kernel was not told of the copy new randomness, and has it used at once', async () => {
    const asked = join(temporaryFolder(), 'asked')
    const { connection, offsets } = await machine({ perl: `echo "$2" >>'${asked}'` })
    await setClock(connection, options())
    expect(offsets()).not.toEqual([])
    const isTold = readdirSync('/sys/bus').some((bus) => existsSync(`/sys/bus/${bus}/drivers/vmgenid`))
    if (!isTold) expect(readFileSync(asked, 'utf8')).toContain('0x5207')
  })

  test('on a machine too slow for a second says so', async () => {
    const { connection } = await machine({ date: 'sleep 2.5' })
    expect((await setClock(connection, options())).withinMs).toBeGreaterThan(1_000)
  })

  test.each([
    ['sudo', { sudo: 'echo "sudo: a password is required" >&2; exit 1' }, 'sudo: a password is required'],
    ['date', { date: 'echo "date: cannot set date" >&2; exit 1' }, 'date: cannot set date'],
    ['a command without words', { sudo: 'exit 7' }, 'the command ended with 7'],
  ])('that %s refuses tells why', async (_what, tools, reason) => {
    const { connection } = await machine(tools)
    expect(await faultOf(setClock(connection, options()))).toMatchObject({ code: 'clock-not-set', reason })
  })

  test('is ended by an abort with its own reason', async () => {
    const controller = new AbortController()
    let opened: ServerChannel | undefined
    const { connection } = await connected((channel) => (opened = channel))
    const ending = errorOf(setClock(connection, options({ signal: controller.signal })))
    await until(() => opened, 'the command')
    const reason = new Error('Ctrl-C')
    controller.abort(reason)
    expect(await ending).toBe(reason)
  })

  test('ends the command on the machine', async () => {
    const { connection } = await machine({ sudo: 'shift; exec "$@" 9>&1' })
    await setClock(connection, options())
    const running = (): string => execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })
    await until(() => !running().includes('while read -r time'), 'the end of the command')
  })
})

describe('a clock is behind', () => {
  const signal = new AbortController().signal
  const saying = async (date: string): Promise<number | undefined> =>
    behindMs((await machine({ date })).connection, signal)

  test('by what it lacks, and not by what its answer takes', async () => {
    expect(await saying('echo $(( $(/bin/date +%s) - 3600 ))')).toBeGreaterThan(3_599_000)
    expect(await saying('sleep 3; /bin/date +%s')).toBeUndefined()
  })

  test.each(['echo soon', 'exit 1', 'echo 5; echo 6', 'echo $(( $(/bin/date +%s) + 3600 ))'])(
    'never where it says %j',
    async (date) => expect(await saying(date)).toBeUndefined(),
  )
})
