import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { archiveFor, release } from '../../../scripts/engine/release.js'
import { startMoto, withPrefix, type TestBucket } from '../../services/buckets.js'
import { obtained, programs } from '../../services/programs.js'
import { ImageServer } from '../../support/local-vm/image-server.js'
import type { CliOptions } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { shellProgram } from '../../support/cli/executables.js'
import { ok, optionsFor } from '../../support/labs/bucket-lab.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
let bucket: TestBucket
let mirror: ImageServer
beforeAll(async () => {
  bucket = await startMoto()
  mirror = new ImageServer()
  await mirror.start()
})
afterAll(async () => {
  await mirror.stop()
  await bucket.stop()
})

/** A computer whose only engine is the one in the npm package, with a PATH of its own before the system's. */
async function optionsOf(box: Sandbox): Promise<CliOptions> {
  const { env } = await optionsFor(bucket, withPrefix(bucket.location, randomUUID()))
  const PATH = `${join(box.root, 'programs')}:/usr/bin:/bin:/usr/sbin:/sbin`
  return { env: { ...env, PATH, DISTROLAB_TOFU: undefined, DISTROLAB_ENGINE_MIRROR: mirror.url('/tofu') } }
}

interface Finding {
  readonly name: string
  readonly status: string
  readonly found: string
}

async function engineFinding(box: Sandbox, options: CliOptions): Promise<Finding | undefined> {
  const { stdout } = await box.run(['doctor', '-o', 'json'], options)
  return (JSON.parse(stdout) as Finding[]).find(({ name }) => name.startsWith('OpenTofu'))
}

test('an engine that locks in a bucket is obtained by the first command that needs one, and doctor says how', async () => {
  const box = await makeSandbox()
  const options = await optionsOf(box)
  // What the real `go` makes of the module takes minutes; the tests' own engine was made by it, from the same recipe.
  const go = shellProgram(
    join(box.root, 'programs/go'),
    `[ "$1" = env ] && echo go1.27.0 && exit
while [ "$1" != -o ]; do shift; done; cp '${await obtained(programs.tofu)}' "$2"`,
  )
  const before = await engineFinding(box, options)
  expect(before).toMatchObject({ status: 'slow' })
  expect(before?.found).toContain(`the first command that needs it builds ${release.version} with ${go}`)
  expect(before?.found).toContain('1.10.0 or newer is needed')
  expect(before?.found).toMatch(/\(npm package\) is 1\.6\.2/)

  const up = await box.run(['up', '--profile', LAB, '--wait', 'none'], options)
  expect(`${up.code} ${up.stderr}`).toMatch(/^0 \[1\/1\] engine …\n[^]*HTTP 404[^]*engine done in/)
  const cached = join(box.cache, 'engines/tofu')
  const after = await engineFinding(box, options)
  expect(after).toMatchObject({ status: 'ok' })
  expect(after?.found).toMatch(`${release.version} (cache: ${cached}); 1.10.0 or newer is needed`)
  const down = await box.run(['down', LAB], options)
  expect(`${down.code} ${down.stderr}`).toMatch(/^0 /)
  expect(down.stderr).not.toContain('engine')
  expect(await box.traces()).toEqual([])
})

test('a release that is not the pinned one is refused, with every way that was tried, before anything is made', async () => {
  const box = await makeSandbox()
  const options = await optionsOf(box)
  const archive = archiveFor(process.platform, process.arch)
  mirror.files.set(`/tofu/${archive?.path}`, Buffer.from('not the release'))
  const up = await box.run(['up', '--profile', LAB, '-o', 'json'], options)
  expect(up.code).toBe(1)
  expect(up.json()).toMatchObject({ error: { code: 'engine-missing' } })
  expect(up.stderr).toMatch(
    /No OpenTofu 1\.10\.0 or newer was found\.\n.*\(npm package\) is 1\.6\.2\n.*its checksum is sha256:.*\n.*PATH has none\nNext:.*DISTROLAB_TOFU.*DISTROLAB_ENGINE_MIRROR/,
  )
  expect((await box.run(['status', LAB], options)).code).toBe(3)
  expect(
    await engineFinding(box, { env: { ...options.env, DISTROLAB_ENGINE_MIRROR: mirror.url('') } }),
  ).toMatchObject({ status: 'missing', found: expect.stringContaining('HTTP 404') })
  expect(await ok(box, options, 'list')).toBeDefined()
})

test('where the npm package is enough nothing is looked for elsewhere', async () => {
  const box = await makeSandbox()
  const { env } = await optionsOf(box)
  const options = { env: { ...env, DISTROLAB_BACKEND: undefined } }
  const asked = mirror.requests.length
  await ok(box, options, 'up', '--profile', LAB, '--wait', 'none')
  await ok(box, options, 'down', LAB)
  expect(mirror.requests).toHaveLength(asked)
})
