import { beforeEach, expect, test } from '@jest/globals'
import { mkdirSync } from 'node:fs'
import { appendFile, chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readEnvironment, type Environment } from '../../../scripts/env.js'
import { putCached } from '../../../scripts/engine/cached-engine.js'
import { resolveEngine } from '../../../scripts/engine/resolve.js'
import { shellProgram } from '../../support/cli/executables.js'
import { faultOf, readOptional, temporaryFolder } from '../../support/cli/support.js'
import { ENGINE } from '../../support/engine/real-engine.js'

let root: string
beforeEach(() => {
  root = temporaryFolder()
})

const fakeTofu = (folder: string, version: string): string =>
  shellProgram(
    join(root, folder, 'tofu'),
    `echo "$*" >> "$0.calls"; echo '{"terraform_version":"${version}","platform":"linux_amd64"}'`,
  )

/** The same as an earlier command has left it in the cache. */
async function cachedTofu(version: string): Promise<string> {
  const made = fakeTofu('made', version)
  mkdirSync(join(root, CACHE), { recursive: true })
  await putCached(environment(), made, version)
  return join(root, CACHE, 'tofu')
}

/** PATH `a` and `b`, and a cache, all below `root`. */
const environment = (tofu?: string): Environment => ({
  ...readEnvironment({
    DISTROLAB_CACHE: join(root, 'cache'),
    ...(tofu === undefined ? {} : { DISTROLAB_TOFU: tofu }),
  }),
  // The fakes are shell scripts: what they run with is our own PATH.
  path: [join(root, 'a'), join(root, 'b')],
})
const CACHE = 'cache/engines'

test('DISTROLAB_TOFU comes first, whatever else there is', async () => {
  const given = fakeTofu('given', '1.9.0')
  fakeTofu('a', '1.10.0')
  await cachedTofu('1.10.0')
  expect(await resolveEngine(environment(given))).toEqual({
    path: given,
    version: '1.9.0',
    source: 'DISTROLAB_TOFU',
  })
})

test('then the first tofu on PATH, and later ones are never asked', async () => {
  const first = fakeTofu('a', '1.8.0')
  fakeTofu('b', '1.10.0')
  await cachedTofu('1.10.0')
  expect(await resolveEngine(environment())).toEqual({ path: first, version: '1.8.0', source: 'PATH' })
  expect(await readOptional(`${first}.calls`)).toBe('version -json\n')
  expect(await readOptional(join(root, 'b/tofu.calls'))).toBeUndefined()
  expect(await readOptional(join(root, CACHE, 'tofu.calls'))).toBeUndefined()
})

test('a file on PATH that may not be run is passed over', async () => {
  await chmod(fakeTofu('a', '1.9.0'), 0o644)
  const second = fakeTofu('b', '1.8.0')
  expect((await resolveEngine(environment())).path).toBe(second)
})

test('then the cache', async () => {
  const cached = await cachedTofu('1.8.0')
  expect(await resolveEngine(environment())).toEqual({ path: cached, version: '1.8.0', source: 'cache' })
})

test.each([
  ['that was changed since it was put there', () => cachedTofu('1.10.0'), 'is not what distrolab put there'],
  ['that nobody put there', async () => fakeTofu(CACHE, '1.10.0'), 'has no recorded digest'],
])('one in the cache %s is not run, not even for its version', async (_which, make, reason) => {
  const cached = await make()
  await appendFile(cached, '# changed\n')
  expect(await resolveEngine(environment())).toMatchObject({ source: 'npm package' })
  const fault = await faultOf(resolveEngine(environment(), '1.10.0'))
  expect(fault).toMatchObject({ rejected: expect.arrayContaining([expect.stringContaining(reason)]) })
  expect(await readOptional(`${cached}.calls`)).toBeUndefined()
})

test('then the npm package, whose version is known without running it', async () => {
  expect(await resolveEngine(environment())).toEqual({
    path: ENGINE,
    version: '1.6.2',
    source: 'npm package',
  })
})

test('the npm package on PATH, where npm links it, is no engine of the PATH', async () => {
  await mkdir(join(root, 'a'))
  await symlink(ENGINE, join(root, 'a/tofu'))
  expect(await resolveEngine(environment())).toMatchObject({ path: ENGINE, source: 'npm package' })
  const second = fakeTofu('b', '1.8.0')
  expect(await resolveEngine(environment())).toMatchObject({ path: second, source: 'PATH' })
})

test('what is too old is passed over for the next that is new enough', async () => {
  fakeTofu('a', '1.5.7')
  const cached = await cachedTofu('1.6.0')
  expect(await resolveEngine(environment())).toMatchObject({ path: cached, source: 'cache' })
})

test('what does not run, or says nothing we understand, is passed over', async () => {
  shellProgram(join(root, 'a/tofu'), 'echo boom >&2; exit 1')
  shellProgram(join(root, 'b/tofu'), 'echo Terraform v1')
  expect(await resolveEngine(environment())).toMatchObject({ source: 'npm package' })
})

test('a minimum that nothing reaches is refused with everything found and why not', async () => {
  const onPath = fakeTofu('a', '1.9.4')
  const cached = fakeTofu(CACHE, '1.10.0')
  expect(await faultOf(resolveEngine(environment(), '1.10.0'))).toEqual({
    code: 'engine-missing',
    minimum: '1.10.0',
    rejected: [
      `${onPath} (PATH) is 1.9.4`,
      `${cached} (cache) has no recorded digest and was not run`,
      `${ENGINE} (npm package) is 1.6.2`,
    ],
  })
})

test.each([
  ['is not there', () => join(root, 'nosuch/tofu'), 'does not run'],
  ['is too old', () => fakeTofu('old', '1.5.0'), 'is 1.5.0'],
  ['fails', () => shellProgram(join(root, 'bad/tofu'), 'exit 3'), 'does not run'],
])('a DISTROLAB_TOFU that %s is an error at once, though others would do', async (_what, make, reason) => {
  fakeTofu('a', '1.9.0')
  const given = make()
  expect(await faultOf(resolveEngine(environment(given)))).toEqual({
    code: 'engine-missing',
    minimum: '1.6.0',
    rejected: [`${given} (DISTROLAB_TOFU) ${reason}`],
  })
  expect(await readOptional(join(root, 'a/tofu.calls'))).toBeUndefined()
})

test('a file that is no program is told like one that does not run', async () => {
  const given = join(root, 'text')
  await writeFile(given, 'hello\n')
  expect(await faultOf(resolveEngine(environment(given)))).toMatchObject({ code: 'engine-missing' })
})
