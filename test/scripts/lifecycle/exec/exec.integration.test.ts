import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { waitUntil } from '../../../stand-in/lab-cli.js'
import { Sandbox } from '../../../stand-in/sandbox.js'

jest.setTimeout(60_000)
const LAB = 'debian-local'
let box: Sandbox

beforeAll(async () => {
  box = await Sandbox.make()
  await box.up('--profile', LAB)
})
afterAll(() => box.remove())

/** Stands still on the machine until the file is there. */
const untilFile = (file: string): string => `echo begun >&2; while [ ! -e ${file} ]; do sleep 0.05; done`

describe('exec', () => {
  test.each([
    [['true'], 0],
    [['exit 7'], 7],
    [['exit 255'], 255],
    [['kill -TERM $$'], 143],
    [['nosuchprogram'], 127],
  ])('passes on the exit code of %j: %i', async (words, code) => {
    expect((await box.run(['exec', LAB, '--', ...words])).code).toBe(code)
    expect(await box.state(LAB)).toBe('ready')
  })

  test('keeps stdout and stderr apart and adds nothing of its own', async () => {
    const run = await box.run(['exec', LAB, '--', 'echo out; echo err >&2'])
    expect(run).toMatchObject({ code: 0, stdout: 'out\n', stderr: 'err\n' })
  })

  test('feeds standard input to its end, also a large one', async () => {
    const input = 'line of input\n'.repeat(100_000)
    const run = await box.run(['exec', LAB, '--', 'wc', '-c'], { input })
    expect(run).toMatchObject({ code: 0, stdout: `${input.length}\n` })
    expect(await box.run(['exec', LAB, '--', 'cat'])).toMatchObject({ code: 0, stdout: '' })
  })

  test('gives all of a large output', async () => {
    const run = await box.run(['exec', LAB, '--', 'head -c 3000000 /dev/zero | tr "\\0" x'])
    expect(run.stdout.length).toBe(3_000_000)
  })

  test('ends when the command does not read its input', async () => {
    const run = await box.run(['exec', LAB, '--', 'exit 3'], { input: 'x'.repeat(5_000_000) })
    expect(run.code).toBe(3)
  })

  test('passes several words on exactly as they are, and a single one to the shell', async () => {
    const awkward = ['a b', "it's", '$HOME', '"', '', '*', '\\n', 'ä', '-n', '; exit 9']
    const several = await box.run(['exec', LAB, '--', 'printf', '<%s>\\n', ...awkward])
    expect(several).toMatchObject({ code: 0, stdout: awkward.map((word) => `<${word}>\n`).join('') })
    expect((await box.run(['exec', LAB, '--', 'echo a | tr a b'])).stdout).toBe('b\n')
  })

  test('-o json prints one document with both streams, and still exits as the command did', async () => {
    const run = await box.run(['exec', LAB, '-o', 'json', '--', 'echo out; echo err >&2; exit 5'])
    expect(run.code).toBe(5)
    expect(run.json()).toEqual({ exitCode: 5, stdout: 'out\n', stderr: 'err\n' })
    expect(run.stderr).toBe('')
  })

  test('a second one waits for the first, or exits 4 naming the holder with --wait-lock 0', async () => {
    const file = join(box.root, 'go-1')
    const first = box.start(['exec', LAB, '--', untilFile(file)])
    await first.says('begun')
    expect(await box.state(LAB)).toBe('in-use')
    const refused = await box.run(['exec', LAB, '--wait-lock', '0', '--', 'true'])
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain(`(pid ${first.pid}), running exec`)
    const second = box.start(['exec', LAB, '--', 'echo second'])
    await second.says(`(pid ${first.pid}) has been running exec`)
    await writeFile(file, '')
    expect((await first.done).code).toBe(0)
    expect(await second.done).toMatchObject({ code: 0, stdout: 'second\n' })
    expect(await box.state(LAB)).toBe('ready')
  })

  test('Ctrl-C reaches the command on the machine, and the lab is ready again', async () => {
    const file = join(box.root, 'never')
    const run = box.start(['exec', LAB, '--', untilFile(file)])
    await run.says('begun')
    run.signal('SIGINT')
    expect((await run.done).code).toBe(130)
    await waitUntil('the end of the command', () => box.processes('other').length === 0)
    expect(await box.state(LAB)).toBe('ready')
    expect((await box.ok('exec', LAB, '--', 'echo', 'next')).stdout).toBe('next\n')
  })

  test('after one was killed, the next takes the lease over and works', async () => {
    const file = join(box.root, 'never')
    const run = box.start(['exec', LAB, '--', untilFile(file)])
    await run.says('begun')
    run.signal('SIGKILL')
    await run.done
    expect(await box.run(['exec', LAB, '--', 'echo', 'next'])).toMatchObject({ code: 0, stdout: 'next\n' })
    expect(await box.state(LAB)).toBe('ready')
  })

  test('a machine or a command that is not there is told as such', async () => {
    expect(await box.run(['exec', LAB, '--machine', 'nosuch', '--', 'true'])).toMatchObject({ code: 3 })
    expect(await box.run(['exec', LAB])).toMatchObject({ code: 2 })
  })
})

describe('exec --timeout', () => {
  test('lets a command that ends in time be', async () => {
    const run = await box.run(['exec', LAB, '--timeout', '1h', '--', 'cat; exit 5'], { input: 'äöü' })
    expect(run).toMatchObject({ code: 5, stdout: 'äöü', stderr: '' })
  })

  test('ends the command and what it started; 124 is said and recorded', async () => {
    const log = join(box.root, 'timeout-log')
    const script = `echo begun; sleep 60.125 & trap 'echo tidied >${log}; exit 0' TERM; wait`
    const run = await box.run(['exec', LAB, '--timeout', '500ms', '--', script])
    expect(run).toMatchObject({ code: 124, stdout: 'begun\n' })
    expect(run.stderr).toContain(`The command on main (lab ${LAB}) did not end within 0.5 s and was stopped.`)
    expect(await readFile(log, 'utf8')).toBe('tidied\n')
    expect(box.processes('other').filter(({ words }) => words.includes('60.125'))).toEqual([])
    expect(await box.record(LAB)).toMatchObject({ state: 'ready', failure: { code: 'exec-timeout' } })
    expect((await box.events(LAB)).at(-1)).toMatchObject({
      to: 'ready',
      message: expect.stringContaining('did not end within 0.5 s'),
    })
  })

  test('kills a command that passes over TERM, and fetches what it left', async () => {
    const log = join(box.root, 'killed-log')
    const script = `echo $$ >pid; trap 'echo not yet >log' TERM; while :; do sleep 0.1; done`
    const fetch = ['--fetch', `log:${log}`, '--fetch', `pid:${log}.pid`]
    const run = await box.run(['exec', LAB, '--timeout', '500ms', ...fetch, '--', script])
    expect(run.code).toBe(124)
    expect(await readFile(log, 'utf8')).toBe('not yet\n')
    expect(existsSync(`/proc/${(await readFile(`${log}.pid`, 'utf8')).trim()}`)).toBe(false)
  })

  test('kills what passes over TERM also when the shell that started it has ended', async () => {
    const file = join(box.root, 'deaf-pid')
    const deaf = `echo $$ >${file}; trap "" TERM; while :; do sleep 0.1; done`
    const run = await box.run(['exec', LAB, '--timeout', '500ms', '--', `sh -c '${deaf}' | cat; echo after`])
    expect(run).toMatchObject({ code: 124, stdout: '' })
    await waitUntil(
      'the end of what was deaf',
      async () => !existsSync(`/proc/${(await readFile(file, 'utf8')).trim()}`),
    )
  })

  test('does not wait for what has a group of its own and keeps the output; nothing is fetched then', async () => {
    const fetch = ['--fetch', `log:${join(box.root, 'unseen-log')}`]
    const script = 'setsid sleep 600 & echo begun; wait'
    const run = await box.run(['exec', LAB, '--timeout', '500ms', ...fetch, '--', script])
    expect(run).toMatchObject({ code: 124, stdout: 'begun\n' })
    expect(run.stderr).toContain('--fetch: skipped, because the command may still be running')
    expect(await box.state(LAB)).toBe('ready')
  })

  test('-o json still gives what the command said until then', async () => {
    const run = await box.run(['exec', LAB, '--timeout', '500ms', '-o', 'json', '--', 'echo said; sleep 600'])
    expect(run.code).toBe(124)
    expect(run.json()).toMatchObject({
      error: { code: 'exec-timeout', exitCode: 124 },
      stdout: 'said\n',
      stderr: '',
    })
  })

  test('is for --local too', async () => {
    const run = await box.run(['exec', LAB, '--local', '--timeout', '500ms', '--', 'echo begun; sleep 600'])
    expect(run).toMatchObject({ code: 124, stdout: 'begun\n' })
    expect(run.stderr).toContain(`The command on this computer (lab ${LAB}) did not end within 0.5 s`)
    expect(await box.state(LAB)).toBe('ready')
  })
})

describe('exec --env', () => {
  const SECRET = 'not-to-be-seen-anywhere'
  const flags = ['--env', `TOKEN=${SECRET}`, '--env', 'OWN', '--env', 'EMPTY=']

  test.each([
    ['a machine', []],
    ['this computer', ['--local']],
  ])('gives variables to a command on %s, which keeps its input', async (_where, more) => {
    const script = `echo "$TOKEN $OWN [\${EMPTY-unset}]"; cat`
    const options = { env: { OWN: 'own' }, input: 'fed' }
    const run = await box.run(['exec', LAB, ...more, ...flags, '--', script], options)
    expect(run).toMatchObject({ code: 0, stdout: `${SECRET} own []\nfed`, stderr: '' })
  })

  test('shows no value: not in the process list of the machine, the log, the record, the history or JSON', async () => {
    const file = join(box.root, 'words')
    const script = `tr '\\0' ' ' </proc/$$/cmdline >${file}; echo "$TOKEN"; exit 4`
    const run = await box.run(['exec', LAB, '-vv', '-o', 'json', ...flags, '--', script], {
      env: { OWN: 'own' },
    })
    expect(run.code).toBe(4)
    expect(await readFile(file, 'utf8')).not.toContain(SECRET)
    expect(run.stdout + run.stderr).not.toContain(SECRET)
    for (const name of (await box.files()).filter((name) => !name.endsWith('.sock')))
      expect(`${name} ${await readFile(join(box.home, name), 'latin1')}`).not.toContain(SECRET)
  })

  test('a name that is not in our environment is a usage error before anything is recorded', async () => {
    const before = await box.events(LAB)
    const run = await box.run(['exec', LAB, '--env', 'NOSUCH', '--', 'true'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('--env: expected NOSUCH in the environment of this command, got none.')
    expect(await box.events(LAB)).toEqual(before)
  })
})

test('exec on a lab whose time is over is refused, as up is', async () => {
  await box.ok('up', '--profile', 'debian-12-local', '--name', 'brief', '--ttl', '1h')
  await box.ok('extend', 'brief', '--ttl', '1ms')
  for (const more of [[], ['--local']]) {
    const run = await box.run(['exec', 'brief', ...more, '--', 'echo ran'])
    expect(run).toMatchObject({ code: 1, stdout: '' })
    expect(run.stderr).toContain('brief expired at')
  }
  await box.ok('down', 'brief')
})

describe('ssh', () => {
  test('runs one command without the lease, with its own streams and exit code', async () => {
    const file = join(box.root, 'go-2')
    const exec = box.start(['exec', LAB, '--', untilFile(file)])
    await exec.says('begun')
    const run = await box.run(['ssh', LAB, '--', 'cat; echo err >&2; exit 6'], { input: 'through' })
    expect(run).toMatchObject({ code: 6, stdout: 'through', stderr: 'err\n' })
    await writeFile(file, '')
    expect((await exec.done).code).toBe(0)
  })
})
