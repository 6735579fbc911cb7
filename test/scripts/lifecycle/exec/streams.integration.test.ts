import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { CLI, waitUntil } from '../../../stand-in/lab-cli.js'
import { Sandbox } from '../../../stand-in/sandbox.js'

jest.setTimeout(60_000)
const LAB = 'debian-local'
let box: Sandbox

beforeAll(async () => {
  box = await Sandbox.make()
  await box.up('--profile', LAB)
})
afterAll(() => box.remove())

/** With a standard output that is not read before one wants to. */
const unread = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [CLI, ...args], { env: box.env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })

/** A whole line for a shell, as `distrolab` would be typed there. */
async function typed(line: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const script = `distrolab() { '${process.execPath}' '${CLI}' "$@"; }; ${line}`
  const shell = spawn('bash', ['-c', script], { env: box.env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  shell.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  shell.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  const [code] = (await once(shell, 'close')) as [number | null]
  return { code, stdout, stderr }
}

/** The most memory that a process has had so far, in MiB; proc_pid_status(5). */
async function peakOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}

describe('a reader', () => {
  test.each(['', '--local'])(
    'that does not read slows exec %s down, and ends it when it leaves',
    async (place) => {
      const flags = place === '' ? [] : [place]
      const run = unread('exec', LAB, ...flags, '--', 'yes')
      const ended = once(run, 'exit')
      await waitUntil('the command', () => box.processes('other').some(({ words }) => words[0] === 'yes'))
      await sleep(2_500)
      expect(await peakOf(run)).toBeLessThan(150)
      run.stdout?.destroy()
      expect((await ended)[0]).toBe(141)
      expect(String(run.stderr?.read() ?? '')).toBe('')
      await waitUntil('the end of the command', () => box.processes('other').length === 0)
      expect(await box.record(LAB)).toMatchObject({ state: 'ready', failure: null })
    },
  )

  test.each([
    'exec debian-local -- yes',
    'exec debian-local --timeout 1h -- yes',
    'exec debian-local --local -- yes',
  ])('that leaves ends %s quietly', async (line) => {
    const run = await typed(`set -o pipefail; distrolab ${line} | head -n 1`)
    expect(run).toEqual({ code: 141, stdout: 'y\n', stderr: '' })
    expect(await box.state(LAB)).toBe('ready')
  })

  test('that leaves keeps no file from being fetched', async () => {
    const log = `${box.root}/left-log`
    await typed(`distrolab exec ${LAB} --fetch log:${log} -- 'echo kept >log; yes' | head -n 1`)
    expect(await readFile(log, 'utf8')).toBe('kept\n')
  })

  test.each([
    'list',
    'history debian-local',
    'status debian-local -o json',
    'docs',
    '--help',
    'nosuch -o json',
  ])('that has left is no failure of %s', async (line) => {
    const usual = await typed(`distrolab ${line} >/dev/null`)
    const left = await typed(`exec 3>&1; (sleep 0.1; distrolab ${line}; echo $? >&3) | true`)
    expect(left).toEqual({ ...usual, code: 0, stdout: `${usual.code}\n` })
  })

  test('of what a command says of its progress may leave while it works', async () => {
    const run = await typed(`exec 3>&1; (distrolab up ${LAB} -vv 2>&1; echo $? >&3) | true`)
    expect(run.stdout).toBe('0\n')
  })
})

test('an output that cannot be written is a failure that says why', async () => {
  const run = await typed('distrolab list >/dev/full')
  expect(run.code).toBe(1)
  expect(run.stderr).toMatch(/^Error: Cannot write to standard output: ENOSPC/)
})

test('the words of a command are none of ours, whatever they are', async () => {
  const run = await box.run(['exec', 'nosuch', '--', 'jq', '-o', 'json', '--detailed-exitcode'])
  expect(run).toMatchObject({ code: 3, stdout: '' })
  expect((await box.run(['exec', LAB, '--', 'echo', '-o', 'json', '--', '--help'])).stdout).toBe(
    '-o json -- --help\n',
  )
})

test('what ssh runs has a terminal where we have one', async () => {
  expect((await box.atTerminal('ssh', LAB, '--', 'test -t 0; echo code $?').done).screen).toContain('code 0')
  expect((await box.run(['ssh', LAB, '--', 'test -t 0; echo code $?'])).stdout).toBe('code 1\n')
})
