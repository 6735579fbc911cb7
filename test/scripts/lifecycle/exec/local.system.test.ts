import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { CLI, waitUntil } from '../../../stand-in/lab-cli.js'
import { Sandbox } from '../../../stand-in/sandbox.js'

jest.setTimeout(90_000)
const LAB = 'debian-local'
/** The command line of a distrolab that a script starts. */
const distrolab = (...words: string[]): string => [`'${process.execPath}' '${CLI}'`, ...words].join(' ')
const untilFile = (file: string): string => `while [ ! -e '${file}' ]; do sleep 0.05; done`

let box: Sandbox
let count = 0
/** A new name for a file that a script waits for or writes. */
const fresh = (): string => join(box.root, `file-${count++}`)
const local = (script: string, ...flags: string[]): string[] => [
  'exec',
  LAB,
  '--local',
  ...flags,
  '--',
  script,
]

beforeAll(async () => {
  box = await Sandbox.make()
})
afterAll(() => box.remove())
beforeEach(() => box.ok('up', '--profile', LAB))

describe('a command of exec --local', () => {
  test('runs on this computer with its own streams and exit code, in state in-use', async () => {
    const script = `cat; pwd >&2; ${distrolab('status', LAB)}; exit 5`
    const run = await box.run(local(script), { input: 'fed\n' })
    expect(run).toMatchObject({ code: 5, stdout: 'fed\nin-use\n', stderr: '/\n' })
    expect(await box.state(LAB)).toBe('ready')
    expect((await box.run(local('kill -TERM $$'))).code).toBe(143)
    const several = await box.run(['exec', LAB, '--local', '--', 'printf', '<%s>', 'a b', '$HOME'])
    expect(several).toMatchObject({ code: 0, stdout: '<a b><$HOME>' })
  })

  test('-o json prints one document; a program that is not there is 127; --machine is not for it', async () => {
    const run = await box.run(local('echo out; echo err >&2', '-o', 'json'))
    expect(run.json()).toEqual({ exitCode: 0, stdout: 'out\n', stderr: 'err\n' })
    const missing = await box.run(['exec', LAB, '--local', '--', 'nosuchprogram', 'x'])
    expect(missing.code).toBe(127)
    expect(missing.stderr).toContain('nosuchprogram')
    expect(await box.run(local('true', '--machine', 'main'))).toMatchObject({ code: 2 })
    expect(await box.state(LAB)).toBe('ready')
  })

  test('passes the gate without waiting, while everybody else must wait', async () => {
    const [go, inner] = [fresh(), distrolab('exec', LAB, '--wait-lock', '0', '--', 'echo inner')]
    const up = distrolab('up', LAB, '-o', 'json', '--wait-lock', '0')
    const outer = box.start(
      local(`${inner}; ${up}; ${distrolab('status', LAB)}; echo begun >&2; ${untilFile(go)}`),
    )
    await outer.says('begun')
    const refused = await box.run(['exec', LAB, '--wait-lock', '0', '--', 'true'])
    expect(refused).toMatchObject({ code: 4 })
    expect(refused.stderr).toContain(`(pid ${outer.pid}), running exec`)
    expect(await box.record(LAB)).toMatchObject({
      state: 'in-use',
      command: { name: 'exec', holder: { pid: outer.pid } },
    })
    await writeFile(go, '')
    const { code, stdout } = await outer.done
    expect(code).toBe(0)
    expect(stdout).toMatch(/^inner\n\{[^]*"reused": true[^]*\}\nin-use\n$/)
    expect(await box.record(LAB)).toMatchObject({ state: 'ready', command: null })
  })

  test('may destroy the lab and make it anew; who did it is in its history', async () => {
    const [before] = box.machines()
    const script = `${distrolab('down', LAB)} && ${distrolab('up', '--profile', LAB)}`
    const run = await box.run(local(script))
    expect(`${run.code} ${run.stderr}`).toMatch(/^0 /)
    expect(await box.record(LAB)).toMatchObject({ state: 'ready', command: null, failure: null })
    expect(box.machines().map(({ pid }) => pid)).not.toEqual([before?.pid])
    expect(box.machines()).toHaveLength(1)
    const events = (await box.events(LAB)).slice(-6)
    expect(events.map(({ command, to }) => `${command} ${to}`)).toEqual([
      ...['down destroying', 'down destroyed'],
      ...['up provisioning', 'up provisioned', 'up configuring', 'up ready'],
    ])
    expect(new Set(events.map(({ fence }) => fence)).size).toBe(1)
  })

  test('leaves what it made of the lab as it is: destroyed', async () => {
    const run = await box.run(local(distrolab('down', LAB)))
    expect(`${run.code} ${run.stderr}`).toMatch(/^0 /)
    expect(await box.record(LAB)).toMatchObject({ state: 'destroyed', command: null, failure: null })
    expect([...(await box.traces()), ...(await box.files('turns'))]).toEqual([])
  })

  test('lends on what it was lent, at any depth', async () => {
    const inner = distrolab('exec', LAB, '--local', '--', `"${distrolab('exec', LAB, '--', 'echo deep')}"`)
    const run = await box.run(local(inner.replaceAll("'", '')))
    expect(run).toMatchObject({ code: 0, stdout: 'deep\n' })
    expect(await box.state(LAB)).toBe('ready')
  })

  test('works on other labs under their own leases', async () => {
    const other = [
      'exec',
      'other',
      '--local',
      '--',
      distrolab('exec', LAB, '--wait-lock', '0', '--', 'echo both'),
    ]
    await box.ok('up', '--profile', 'debian-12-local', '--name', 'other')
    const quoted = other.map((word) => (word.includes(' ') ? `"${word.replaceAll("'", '')}"` : word))
    const run = await box.run(local(distrolab(...quoted)))
    expect(run).toMatchObject({ code: 0, stdout: 'both\n' })
    await box.ok('down', 'other')
  })

  test('takes turns with the others of the same script', async () => {
    const [first, second, go] = [fresh(), fresh(), fresh()]
    const one = distrolab('exec', LAB, '--', `'touch ${first}; ${untilFile(go).replaceAll("'", '')}'`)
    const two = distrolab('exec', LAB, '--', 'touch', second)
    const outer = box.start(local(`${one} & ${untilFile(first)}; ${two} & wait`))
    await outer.says('Waiting for another command under the same lease')
    expect(existsSync(second)).toBe(false)
    await writeFile(go, '')
    expect((await outer.done).code).toBe(0)
    expect(existsSync(second)).toBe(true)
  })

  test('hears of Ctrl-C once, with all that it started, and is waited for', async () => {
    const heard = fresh()
    const script = `trap 'echo INT >>${heard}; sleep 0.3; echo end >>${heard}; exit 1' INT; echo begun >&2; ${untilFile(fresh())}`
    const outer = box.start(local(script))
    await outer.says('begun')
    outer.signal('SIGINT')
    expect((await outer.done).code).toBe(130)
    expect(await readFile(heard, 'utf8')).toBe('INT\nend\n')
    await waitUntil('the end of the script', () => box.processes('other').length === 0)
    expect(await box.state(LAB)).toBe('ready')
  })
})

describe('a lease that is no longer lent', () => {
  /** A script that goes on when its `exec` was killed, and then runs the command line; what that said, and its code. */
  async function orphan(line: string, after: (outer: { pid: number }) => Promise<void>): Promise<string> {
    const [go, said] = [fresh(), fresh()]
    const outer = box.start(
      local(
        `echo begun >&2; ${untilFile(go)}; ${line} >${said}.draft 2>&1; echo $? >>${said}.draft; mv ${said}.draft ${said}`,
      ),
    )
    await outer.says('begun')
    outer.signal('SIGKILL')
    await outer.done
    await after(outer)
    await writeFile(go, '')
    await waitUntil('the orphan to have tried', () => existsSync(said))
    return readFile(said, 'utf8')
  }

  test('because its exec was killed is refused at once, naming the field', async () => {
    const said = await orphan(distrolab('down', LAB), async () => undefined)
    expect(said).toContain('DISTROLAB_LEASE: holder: expected a living holder, got one whose process is dead')
    expect(said).toMatch(/Next: {2}unset DISTROLAB_LEASE.*\n4\n$/)
    expect(await box.state(LAB)).toBe('in-use')
    await box.ok('exec', LAB, '--', 'true')
  })

  test('because somebody took it over is refused, and changes nothing', async () => {
    let before = {}
    const said = await orphan(distrolab('down', LAB), async () => {
      await box.ok('exec', LAB, '--', 'true')
      before = await box.record(LAB)
    })
    expect(said).toMatch(/DISTROLAB_LEASE: fence: expected \d+, got \d+[^]*\n4\n$/)
    expect(await box.record(LAB)).toEqual(before)
    expect(box.machines()).toHaveLength(1)
  })

  test('or is one of another backend, or no lease at all, is a mistake that is told', async () => {
    const elsewhere = `--backend file://${join(box.root, 'elsewhere')}`
    const run = await box.run(local(distrolab('up', '--profile', LAB, elsewhere)))
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('DISTROLAB_LEASE: backend: expected')
    expect(existsSync(join(box.root, 'elsewhere', 'labs'))).toBe(false)
    const garbage = await box.run(['down', LAB], { env: { DISTROLAB_LEASE: 'mine' } })
    expect(garbage.code).toBe(2)
    expect(garbage.stderr).toContain('DISTROLAB_LEASE: form: expected lab:fence:backend:lender, got "mine"')
    expect((await box.run(['status', LAB], { env: { DISTROLAB_LEASE: 'mine' } })).code).toBe(0)
  })

  test('the backend that was chosen by a flag is the one of the commands inside', async () => {
    const backend = `file://${join(box.root, 'shared')}`
    await box.ok('up', '--profile', LAB, '--name', 'shared', '--backend', backend)
    const script = `${distrolab('exec', 'shared', '--', 'echo inside')} && ${distrolab('down', 'shared')}`
    const run = await box.run(['exec', 'shared', '--backend', backend, '--local', '--', script])
    expect(`${run.code} ${run.stdout}${run.stderr}`).toMatch(/^0 inside\n/)
  })
})
