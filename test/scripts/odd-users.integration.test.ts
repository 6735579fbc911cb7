import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { CLI } from '../stand-in/lab-cli.js'
import { skippedTitle } from '../suite/file-result.js'
import { temporaryFolder } from '../support/cli/support.js'

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface Circumstances {
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** What the shell does with the streams. */
  readonly redirect?: string
}

const isRoot = process.getuid?.() === 0
/** One that no one has named; only root can become it. */
const NAMELESS = 12_345
/** Root may read everything. */
const asOrdinary = isRoot ? `setpriv --reuid ${NAMELESS} --regid ${NAMELESS} --clear-groups ` : ''

async function run(words: string, { env = {}, cwd = '/', redirect = '' }: Circumstances): Promise<Run> {
  const { PATH } = process.env
  const line = `${asOrdinary}'${process.execPath}' '${CLI}' ${words} ${redirect}`
  const child = spawn('bash', ['--norc', '-c', `cd '${cwd}' && ${line}`], { env: { PATH, ...env } })
  const said = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...said }
}

/** A folder that the ordinary user may use too. */
function openFolder(): string {
  const folder = temporaryFolder()
  chmodSync(folder, 0o777)
  return folder
}

/** A message and a next command, and never where in the code it was. */
function expectSentence({ code, stderr }: Run, exitCode: number, words: RegExp): void {
  expect(stderr).toMatch(words)
  expect(stderr).toMatch(/^Error: [^]*\nNext: /m)
  expect(stderr).not.toMatch(/^\s+at |node:internal|file:\/\//m)
  expect(code).toBe(exitCode)
}

const homeIn = (root: string): NodeJS.ProcessEnv => ({ HOME: root, DISTROLAB_HOME: join(root, 'home') })

const onlyAsRoot = (title: string, body: () => Promise<void>): void =>
  isRoot ? test(title, body) : test.skip(skippedTitle(title, 'only root can become another user'), body)

describe('a user whose id has no name', () => {
  onlyAsRoot('lists, and is shown by the id, with a HOME and without', async () => {
    const root = openFolder()
    expect(await run('list', { env: homeIn(root) })).toMatchObject({ code: 0, stderr: '' })
    expect(await run('list', {})).toMatchObject({ code: 0, stderr: '' })
    expect((await run('doctor', { env: homeIn(root) })).stdout).toContain('Node.js')
  })

  onlyAsRoot('without a HOME learns which folder cannot be made', async () => {
    expectSentence(await run('up debian-local', {}), 1, /'\/\.local'/)
  })
})

describe('a folder that is not as it should be', () => {
  test('the working directory was removed', async () => {
    const root = openFolder()
    mkdirSync(join(root, 'gone'))
    const removed = await run('list', { cwd: `${root}/gone' && rmdir '${root}/gone` })
    expectSentence(removed, 2, /has been removed/)
  })

  test('the cache is two levels below one that cannot be written', async () => {
    const root = openFolder()
    mkdirSync(join(root, 'closed'))
    chmodSync(join(root, 'closed'), 0o555)
    const env = { ...homeIn(root), DISTROLAB_CACHE: join(root, 'closed/a/b') }
    expect((await run('list', { env })).code).toBe(0)
    expectSentence(await run('plan debian-local', { env }), 1, /Cannot write to [^]*closed\/a\/b[^]*EACCES/)
  })

  test("the user's configuration cannot be looked into", async () => {
    const root = openFolder()
    mkdirSync(join(root, 'config'))
    chmodSync(join(root, 'config'), 0)
    const env = { ...homeIn(root), DISTROLAB_CONFIG_HOME: join(root, 'config') }
    expectSentence(await run('list', { env }), 2, /config\.yaml: .*EACCES/)
    rmdirSync(join(root, 'config'))
  })

  test('a folder above cannot be searched for distrolab.yaml', async () => {
    const root = openFolder()
    mkdirSync(join(root, 'above/here'), { recursive: true })
    const closed = await run('list', {
      env: homeIn(root),
      cwd: `${root}/above/here' && chmod 0 '${root}/above`,
    })
    expectSentence(closed, 2, /above\/(here\/)?distrolab\.yaml: .*EACCES/)
    chmodSync(join(root, 'above'), 0o700)
  })
})

describe('output that goes nowhere', () => {
  test('to a reader that is gone is no failure, at the very start too', async () => {
    const env = homeIn(openFolder())
    const { code, stderr } = await run('images', { env, redirect: '| true; exit ${PIPESTATUS[0]}' })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  test('to a full disk is one, with a sentence', async () => {
    const env = homeIn(openFolder())
    expectSentence(
      await run('images', { env, redirect: '>/dev/full' }),
      1,
      /Cannot write to standard output: ENOSPC/,
    )
  })
})

describe('a mistake of ours', () => {
  const failing = (script: string): string => `--import=data:text/javascript,${encodeURIComponent(script)}`
  const inEvent = `const on = process.on.bind(process)
process.on = (name, f) => (name === 'SIGHUP' && setImmediate(() => { throw new TypeError('boom') }), on(name, f))`
  const inCommand = `process.stdout.write = () => { throw new TypeError('boom') }`

  test.each([
    ['in an event', inEvent],
    ['in a command', inCommand],
  ])('%s is said in a sentence, with the file that tells where', async (_where, script) => {
    const env = { ...homeIn(openFolder()), NODE_OPTIONS: failing(script) }
    const failed = await run('list', { env })
    expectSentence(failed, 1, /Something went wrong inside distrolab: boom/)
    const file = /Report it with the end of (.*)/.exec(failed.stderr)?.[1] ?? ''
    expect(readFileSync(file, 'utf8')).toMatch(/TypeError: boom\n +at /)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
})
