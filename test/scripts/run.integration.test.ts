import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { getEventListeners, once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run, RunError, runInteractive, start, type RunFailure } from '../../scripts/run.js'
import { shellProgram } from '../support/cli/executables.js'
import { errorOf, readOptional, temporaryFolder, until } from '../support/cli/support.js'

let root: string
beforeEach(() => {
  root = temporaryFolder()
})
afterEach(() => writeFile(join(root, 'go'), ''))

async function failureOf(promise: Promise<unknown>): Promise<RunFailure> {
  const error = await errorOf(promise)
  if (error instanceof RunError) return error.failure
  throw error
}
const sh = (script: string): [string, string[]] => ['/bin/sh', ['-c', script]]
const exists = (name: string) => (): boolean => existsSync(join(root, name))

describe('a program that ends well', () => {
  test('gives both streams, without the final newline', async () => {
    expect(await run(...sh('echo out; echo err >&2'))).toEqual({ stdout: 'out', stderr: 'err' })
  })

  test('gets its arguments as they are: there is no shell', async () => {
    const { stdout } = await run('printf', ['%s|', '$HOME', '`id`', 'a b', "it's", '', '*'])
    expect(stdout).toBe("$HOME|`id`|a b|it's||*|")
  })

  test('tells each line as it comes', async () => {
    const lines: string[] = []
    const ending = run(...sh(`echo first; while [ ! -e ${root}/go ]; do sleep 0.02; done; printf second`), {
      onLine: (line) => lines.push(line),
    })
    await until(() => lines.length === 1, 'the first line')
    await writeFile(join(root, 'go'), '')
    expect((await ending).stdout).toBe('first\nsecond')
    expect(lines).toEqual(['first', 'second'])
  })

  test('gets no input, the folder and the variables it is given, and loses those that are undefined', async () => {
    process.env['DISTROLAB_TEST_GONE'] = 'still here'
    try {
      const { stdout } = await run(...sh('cat; pwd; echo "$A ${DISTROLAB_TEST_GONE-gone}"'), {
        cwd: root,
        env: { A: 'a', DISTROLAB_TEST_GONE: undefined },
      })
      expect(stdout).toBe(`${root}\na gone`)
    } finally {
      delete process.env['DISTROLAB_TEST_GONE']
    }
  })
})

describe('a program that does not', () => {
  test('exited: its code and both streams are kept', async () => {
    expect(await failureOf(run(...sh('echo out; echo err >&2; exit 7')))).toEqual({
      kind: 'exited',
      program: '/bin/sh',
      exitCode: 7,
      stdout: 'out',
      stderr: 'err',
    })
  })

  test('killed: the signal and both streams are kept', async () => {
    expect(await failureOf(run(...sh('echo out; echo err >&2; kill -9 $$')))).toEqual({
      kind: 'killed',
      program: '/bin/sh',
      signal: 'SIGKILL',
      stdout: 'out',
      stderr: 'err',
    })
  })

  test.each([
    ['is not there', () => join(root, 'nosuch')],
    ['may not be run', () => (void shellProgram(join(root, 'x'), ''), root)],
  ])('spawn-failed: a program that %s, also when its lines are read', async (_what, program) => {
    const path = program()
    const expected = { kind: 'spawn-failed', program: path, reason: expect.stringMatching(/ENOENT|EACCES/) }
    expect(await failureOf(run(path, []))).toEqual(expected)
    expect(await failureOf(run(path, [], { onLine: () => undefined }))).toEqual(expected)
  })

  test('the lines before its end are all told', async () => {
    const lines: string[] = []
    const failure = await failureOf(
      run(...sh('echo a; echo b; exit 1'), { onLine: (line) => lines.push(line) }),
    )
    expect(lines).toEqual(['a', 'b'])
    expect(failure).toMatchObject({ kind: 'exited', exitCode: 1, stdout: 'a\nb' })
  })
})

describe('an abort', () => {
  test('is one SIGINT, and the end of the program is waited for', async () => {
    const controller = new AbortController()
    const script = `trap 'echo INT >> ${root}/signals' INT TERM; touch ${root}/started
      while [ ! -e ${root}/go ]; do sleep 0.02; done; echo finished; exit 5`
    const failing = failureOf(run(...sh(script), { signal: controller.signal }))
    await until(exists('started'), 'the program')
    controller.abort(new Error('Ctrl-C'))
    await until(exists('signals'), 'the signal')
    await writeFile(join(root, 'go'), '')
    expect(await failing).toMatchObject({ kind: 'exited', exitCode: 5, stdout: 'finished' })
    expect(await readOptional(join(root, 'signals'))).toBe('INT\n')
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })

  test('that came before the start starts nothing', async () => {
    const reason = new Error('Ctrl-C')
    const error = await errorOf(run(...sh(`touch ${root}/ran`), { signal: AbortSignal.abort(reason) }))
    expect(error).toBe(reason)
    expect(exists('ran')()).toBe(false)
  })
})

test('Ctrl-C, which goes to our whole process group, does not reach the program by itself', async () => {
  const script = `trap 'echo the program got SIGINT' INT; touch ${root}/started
    while [ ! -e ${root}/go ]; do sleep 0.02; done; echo finished`
  const path = fileURLToPath(new URL('../support/cli/group-worker.js', import.meta.url))
  const worker = spawn(process.execPath, [path, ...sh(script).flat()], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  let printed = ''
  worker.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const ended = once(worker, 'close')
  await until(exists('started'), 'the program')
  process.kill(-(worker.pid ?? 0), 'SIGINT')
  await until(() => printed.includes('we got SIGINT'), 'our own signal')
  await writeFile(join(root, 'go'), '')
  await ended
  expect(printed).toBe('we got SIGINT\nfinished\n')
})

describe('a program on our own terminal', () => {
  test.each([
    ['exit 0', 0],
    ['exit 7', 7],
    ['exit 255', 255],
    ['kill -INT $$', 130],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
  ])('"%s" gives %d, as a shell would say', async (script, exitCode) => {
    expect(await runInteractive(...sh(script))).toBe(exitCode)
  })

  test('that is not there is spawn-failed', async () => {
    expect((await failureOf(runInteractive(join(root, 'nosuch'), []))).kind).toBe('spawn-failed')
  })
})

describe('a program that must survive us', () => {
  const files = (): { stdoutFile: string; stderrFile: string } => ({
    stdoutFile: join(root, 'out'),
    stderrFile: join(root, 'err'),
  })

  test('writes its output to files that only we can read, and its end is told however it was', async () => {
    const started = start(...sh('echo out; echo err >&2; exit 3'), files())
    expect(await started.ended).toEqual({ exitCode: 3, signal: undefined })
    expect(await readFile(join(root, 'out'), 'utf8')).toBe('out\n')
    expect(await readFile(join(root, 'err'), 'utf8')).toBe('err\n')
    const killed = start(...sh('sleep 600'), files())
    killed.kill('SIGTERM')
    expect((await killed.ended).signal).toBe('SIGTERM')
  })

  test('that is not there is spawn-failed', async () => {
    const error = await errorOf(() => start(join(root, 'nosuch'), [], files()))
    expect(error).toBeInstanceOf(RunError)
    expect((error as RunError).failure.kind).toBe('spawn-failed')
  })
})
