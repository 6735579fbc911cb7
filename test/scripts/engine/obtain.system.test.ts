import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { archiveFor, engineSource } from '../../../scripts/engine/release.js'
import { ImageServer } from '../../support/local-vm/image-server.js'
import { shellProgram } from '../../support/cli/executables.js'
import { temporaryFolder, until } from '../../support/cli/support.js'
import type { ObtainTask } from '../../support/engine/obtain-worker.js'

const runFile = promisify(execFile)
const WORKER = fileURLToPath(new URL('../../support/engine/obtain-worker.js', import.meta.url))
const pinned = archiveFor(process.platform, process.arch)
if (pinned === undefined) throw new TypeError('there is a release for the computers of tests')
const { path: archivePath } = pinned

let root: string
let server: ImageServer
beforeEach(async () => {
  root = temporaryFolder()
  server = new ImageServer()
  await server.start()
})
afterEach(() => server.stop())

interface Outcome {
  readonly source?: string
  readonly code?: string
  readonly failures?: readonly string[]
  readonly rejected?: readonly string[]
  /** Everything it said while it worked. */
  readonly said: string
}

/** A worker under way. */
interface Work {
  readonly child: ChildProcess
  readonly outcome: Promise<Outcome>
}

function begin(task: ObtainTask): Work {
  const child = spawn(process.execPath, [WORKER, JSON.stringify(task)])
  let stdout = ''
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const outcome = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new Error(`the worker exited with ${code}:\n${said}`)
    return { ...(JSON.parse(stdout) as object), said }
  })
  return { child, outcome }
}

const perform = (task: ObtainTask): Promise<Outcome> => begin(task).outcome
/** What it found or got, without what it said. */
async function result(task: ObtainTask): Promise<Omit<Outcome, 'said'>> {
  const { said: _, ...rest } = await perform(task)
  return rest
}

/** An archive as a release has it, with a `tofu` that says it has `version`, and more beside it. */
async function archiveOf(version: string, name = 'tofu'): Promise<Buffer> {
  const folder = join(root, 'release')
  await mkdir(folder)
  const script = `#!/bin/sh\necho '{"terraform_version":"${version}"}'\n`
  await writeFile(join(folder, name), script, { mode: 0o755 })
  await writeFile(join(folder, 'LICENSE'), 'MPL')
  await runFile('tar', ['-czf', '../release.tar.gz', name, 'LICENSE'], { cwd: folder })
  return readFile(join(root, 'release.tar.gz'))
}

/** The same, of several pieces on its way; what follows the end of an archive is passed over. */
const longArchive = async (): Promise<Buffer> =>
  Buffer.concat([await archiveOf('1.12.6'), Buffer.alloc(2_000_000)])

const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex')

/** Serves `body`; its digest is the pinned one unless another is given. */
function taskFor(body: Buffer, digest = sha256(body)): ObtainTask {
  server.files.set(`/mirror/${archivePath}`, body)
  return {
    verb: 'obtain',
    cache: join(root, 'cache'),
    path: join(root, 'bin'),
    minimum: '1.10.0',
    mirror: server.url('/mirror'),
    archive: { name: 'tofu.tar.gz', path: archivePath, sha256: digest },
  }
}
const nothing = Buffer.from('')

const engines = (): Promise<string[]> => readdir(join(root, 'cache/engines'))
const ENGINE = (): string => join(root, 'cache/engines/tofu')
const NO_GO = `building it from its Go module needs go ${engineSource.go} or newer, and PATH has none`
const url = (): string => server.url(`/mirror/${archivePath}`)

describe('the official release', () => {
  test('is loaded, proved and unpacked, with progress, and nothing else stays', async () => {
    const { said, ...engine } = await perform(taskFor(await archiveOf('1.12.6')))
    expect(engine).toEqual({ path: ENGINE(), version: '1.12.6', source: 'release' })
    expect(await engines()).toEqual(['tofu', 'tofu.json'])
    expect(said).toMatch(/^\[1\/1\] engine …\n[^]*: [\d.]+ MB[^]*\[1\/1\] engine done in [\d.]+ s\n$/)
  })

  test('is tried only when nothing on this computer will do, and found in the cache from then on', async () => {
    const task: ObtainTask = { ...taskFor(await archiveOf('1.12.6')), verb: 'resolve' }
    expect(await perform({ ...task, minimum: '1.6.0' })).toMatchObject({ source: 'npm package' })
    expect(server.requests).toEqual([])
    expect(await perform(task)).toMatchObject({ source: 'release' })
    expect(await perform(task)).toMatchObject({ source: 'cache', version: '1.12.6' })
    expect(server.requests).toHaveLength(1)
  })

  test('with another digest is refused and removed', async () => {
    const body = await archiveOf('1.12.6')
    const { failures, said } = await perform(taskFor(body, 'a'.repeat(64)))
    expect(failures).toEqual([
      `the release at ${url()}: its checksum is sha256:${sha256(body)}, not the pinned sha256:${'a'.repeat(64)}; it was removed`,
      NO_GO,
    ])
    expect(await engines()).toEqual([])
    expect(said).toContain('engine failed after')
  })

  test('that breaks off is resumed where it broke off', async () => {
    const task = taskFor(await longArchive())
    Object.assign(server, { cutAfter: 128 * 1024, cuts: 1 })
    expect(await perform(task)).toMatchObject({ source: 'release' })
    expect(server.requests.map(({ range }) => range)).toEqual([
      undefined,
      expect.stringMatching(/^bytes=1\d{5}-$/),
    ])
  })

  test('that ends too early every time is told, and kept for the next time', async () => {
    const body = await longArchive()
    const task = taskFor(body)
    server.truncateAt = 128 * 1024
    const { failures } = await perform(task)
    const told = /^the release at (.*): it ended after (\d+) of (\d+) bytes$/.exec(failures?.[0] ?? '')
    expect(told?.slice(1)).toEqual([url(), expect.any(String), String(body.length)])
    server.truncateAt = Infinity
    expect(await perform(task)).toMatchObject({ source: 'release' })
    expect(server.requests.at(-1)?.range).toBe(`bytes=${told?.[2]}-`)
  })

  test('that is not there is told with what the server says', async () => {
    const { failures } = await perform({ ...taskFor(nothing), mirror: server.url('/other') })
    expect(failures?.[0]).toBe(`the release at ${server.url(`/other/${archivePath}`)}: HTTP 404`)
  })

  test('whose server cannot be reached is told with the reason', async () => {
    const gone = new ImageServer()
    await gone.start()
    const mirror = gone.url('')
    await gone.stop()
    const { failures } = await perform({ ...taskFor(nothing), mirror })
    expect(failures?.[0]).toMatch(/^the release at http:\/\/127.0.0.1:\d+\/v1.12.6\/.*ECONNREFUSED/)
  })

  test.each([
    ['no archive', async () => Buffer.from('<html>sign in</html>'), 'tar could not unpack it'],
    ['an archive without it', () => archiveOf('1.12.6', 'terraform'), 'tar could not unpack it'],
    ['an archive of another version', () => archiveOf('1.11.0'), 'is not OpenTofu 1.12.6: it reports 1.11.0'],
  ])('that is %s is refused, whatever its digest', async (_what, make, reason) => {
    const { failures } = await perform(taskFor(await make()))
    expect(failures?.[0]).toContain(reason)
    expect(existsSync(ENGINE())).toBe(false)
  })

  test('of a mirror with a user and a password is asked for with both, and neither is told', async () => {
    const heard: (string | undefined)[] = []
    const mirror = createServer((request, response) => {
      heard.push(request.headers.authorization)
      response.writeHead(404).end()
    }).listen(0, '127.0.0.1')
    await once(mirror, 'listening')
    const { port } = mirror.address() as AddressInfo
    const task = { ...taskFor(nothing), mirror: `http://anna:pass%2Fword@127.0.0.1:${port}/` }
    const { failures, said } = await perform(task)
    mirror.close()
    expect(failures?.[0]).toBe(`the release at http://127.0.0.1:${port}/${archivePath}: HTTP 404`)
    expect(heard).toEqual([`Basic ${Buffer.from('anna:pass/word').toString('base64')}`])
    expect(`${failures?.join()} ${said}`).not.toMatch(/anna|word/)
  })

  test('is loaded once by two processes that want it at once', async () => {
    const task = taskFor(await longArchive())
    server.delayMs = 50
    const both = await Promise.all([perform(task), perform(task)])
    expect(both.map(({ source }) => source).sort()).toEqual(['cache', 'release'])
    expect(server.requests).toHaveLength(1)
    expect(both.map(({ said }) => said).join('')).toMatch(/process \d+, which is getting OpenTofu 1.12.6/)
  })

  test('is loaded by the next one when the process that did it was killed', async () => {
    const task = taskFor(await longArchive())
    server.delayMs = 200
    const killed = begin(task)
    const ended = killed.outcome.catch((error: unknown) => error)
    await until(() => server.sent(`/mirror/${archivePath}`) > 200_000, 'some of it to be sent')
    killed.child.kill('SIGKILL')
    await ended
    server.delayMs = 0
    expect(await perform(task)).toMatchObject({ source: 'release' })
    expect(server.requests.at(-1)?.range).toMatch(/^bytes=[1-9]\d*-$/)
    expect(await engines()).toEqual(['tofu', 'tofu.json'])
  })

  test('is given up at an interrupt', async () => {
    server.delayMs = 200
    const { child, outcome } = begin(taskFor(await longArchive()))
    await until(() => server.sent(`/mirror/${archivePath}`) > 0, 'some of it to be sent')
    child.kill('SIGINT')
    expect(await outcome).toMatchObject({ code: 'interrupted' })
    expect((await engines()).filter((name) => !name.includes('.part'))).toEqual([])
  })
})

describe('the Go module', () => {
  /** A `go` that says its version, and leaves what it was told; `build` does `script` with OUT as the program's path. */
  function standInGo(version: string, script: string): void {
    shellProgram(
      join(root, 'bin/go'),
      `if [ "$1" = env ]; then echo ${version}; exit; fi
printf '%s\\n' "$@" > '${root}/arguments'; env > '${root}/environment'; cp go.mod '${root}/go.mod'
while [ "$1" != -o ]; do shift; done; OUT=$2; ${script}`,
    )
  }
  const unreleased = (): ObtainTask => ({ ...taskFor(nothing), archive: null })
  const MAKE = `printf '#!/bin/sh\\necho {\\\\"terraform_version\\\\":\\\\"1.12.6\\\\"}\\n' > "$OUT"; chmod +x "$OUT"`
  const lines = async (name: string): Promise<string[]> =>
    (await readFile(join(root, name), 'utf8')).trim().split('\n')

  test('is built where the release cannot be had, by a module of ours', async () => {
    standInGo('go1.26.8', MAKE)
    const { said, ...engine } = await perform({ ...taskFor(nothing), mirror: server.url('/other') })
    expect(engine).toEqual({ path: ENGINE(), version: '1.12.6', source: 'Go module' })
    expect(await engines()).toEqual(['tofu', 'tofu.json'])
    expect(await lines('arguments')).toEqual([
      ...['build', '-mod=mod', '-trimpath', '-buildvcs=false'],
      '-ldflags=-s -w -X github.com/opentofu/opentofu/version.dev=no',
      ...['-o', `${ENGINE()}.draft/tofu`, 'github.com/opentofu/opentofu/cmd/tofu'],
    ])
    expect(await lines('go.mod')).toEqual([
      ...['module distrolab.invalid/obtained', 'go 1.26.6', 'require github.com/opentofu/opentofu v1.12.6'],
      `replace ${engineSource.replace}`,
    ])
    const variables = await lines('environment')
    for (const variable of ['GOTOOLCHAIN=local', 'GOWORK=off', 'CGO_ENABLED=0'])
      expect(variables).toContain(variable)
    expect(said).toMatch(/HTTP 404[^]*building 1.12.6 with .*\/bin\/go, .*: \d+ s/)
  })

  test.each([
    ['is too old', 'go1.26.5', 'and BIN/go is 1.26.5'],
    ['does not run', '; exit 1', 'and BIN/go does not run'],
  ])('is not tried with a go that %s', async (_what, version, reason) => {
    standInGo(version, MAKE)
    const { failures } = await perform(unreleased())
    expect(failures?.[0]).toBe(`OpenTofu 1.12.6 has no release for ${process.platform} on ${process.arch}`)
    expect(failures?.[1]).toContain(reason.replace('BIN', join(root, 'bin')))
    expect(existsSync(join(root, 'arguments'))).toBe(false)
  })

  test('that does not build is told with the last that go said', async () => {
    standInGo('go1.27.0', `echo 'dial tcp: lookup proxy.golang.org: no such host' >&2; exit 1`)
    expect((await perform(unreleased())).failures?.[1]).toBe(
      `building github.com/opentofu/opentofu@v1.12.6 with ${join(root, 'bin/go')} failed: dial tcp: lookup proxy.golang.org: no such host`,
    )
    expect(await engines()).toEqual([])
  })

  test('a build is ended by an interrupt', async () => {
    standInGo(
      'go1.26.8',
      `trap 'touch "${root}/ended"; exit 1' INT; touch '${root}/begun'; while :; do sleep 0.05; done`,
    )
    const { child, outcome } = begin(unreleased())
    await until(() => existsSync(join(root, 'begun')), 'the build to begin')
    child.kill('SIGINT')
    expect(await outcome).toMatchObject({ code: 'interrupted' })
    expect(existsSync(join(root, 'ended'))).toBe(true)
    expect(await engines()).toEqual([])
  })
})

describe('where no way works', () => {
  test('everything found and tried is told, and why not', async () => {
    const task: ObtainTask = { ...taskFor(nothing), verb: 'resolve', mirror: server.url('/other') }
    expect(await result(task)).toEqual({
      code: 'engine-missing',
      minimum: '1.10.0',
      rejected: [
        expect.stringContaining('(npm package) is 1.6.2'),
        expect.stringContaining('HTTP 404'),
        NO_GO,
      ],
    })
  })

  test('a DISTROLAB_TOFU that will not do is an error at once: nothing is obtained', async () => {
    const tofu = shellProgram(join(root, 'old/tofu'), `echo '{"terraform_version":"1.9.0"}'`)
    const task: ObtainTask = { ...taskFor(await archiveOf('1.12.6')), verb: 'resolve', tofu }
    expect(await perform(task)).toMatchObject({
      code: 'engine-missing',
      rejected: [`${tofu} (DISTROLAB_TOFU) is 1.9.0`],
    })
    expect(server.requests).toEqual([])
  })

  test('what would be done is found out without doing it', async () => {
    const task: ObtainTask = { ...taskFor(await archiveOf('1.12.6')), verb: 'examine' }
    expect(await result(task)).toEqual({ way: `downloads 1.12.6 from ${url()}`, failures: [] })
    const away = { ...task, mirror: server.url('/other') }
    const failure = `the release at ${server.url(`/other/${archivePath}`)}: HTTP 404`
    expect(await result(away)).toEqual({ failures: [failure, NO_GO] })
    shellProgram(join(root, 'bin/go'), 'echo go1.26.8')
    expect(await result(away)).toEqual({
      way: `builds 1.12.6 with ${join(root, 'bin/go')}`,
      failures: [failure],
    })
    expect(existsSync(join(root, 'cache'))).toBe(false)
  })
})
