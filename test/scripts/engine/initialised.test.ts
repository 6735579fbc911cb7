import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from '@jest/globals'
import { isInitialised, markInitialised, unmarkInitialised } from '../../../scripts/engine/initialised.js'
import type { Engine } from '../../../scripts/engine/resolve.js'
import { temporaryFolder } from '../../support/cli/support.js'

const engine: Engine = { path: '/usr/bin/tofu', version: '1.10.0', source: 'PATH' }
const bucket = { backend: { s3: { bucket: 'labs', region: 'eu-west-1' } } }
const FILES = ['.terraform/terraform.tfstate', '.terraform.lock.hcl']
let folder: string

beforeEach(async () => {
  folder = temporaryFolder()
  await mkdir(join(folder, 'cache/aws'), { recursive: true })
  await mkdir(join(folder, '.terraform/providers/hashicorp/aws/6.25.0'), { recursive: true })
  const link = join(folder, '.terraform/providers/hashicorp/aws/6.25.0/linux_amd64')
  await symlink(join(folder, 'cache/aws'), link)
  for (const file of FILES) await writeFile(join(folder, file), '')
  await configure({ terraform: bucket })
})

const configure = (content: object): Promise<void> =>
  writeFile(join(folder, 'cdk.tf.json'), JSON.stringify(content))

test('a folder is initialised once it is marked, whatever else its configuration says then', async () => {
  expect(await isInitialised(folder, engine)).toBe(false)
  await markInitialised(folder, engine)
  expect(await isInitialised(folder, engine)).toBe(true)
  await configure({ terraform: bucket, resource: {} })
  expect(await isInitialised(folder, { ...engine, path: '/opt/tofu' })).toBe(true)
  await unmarkInitialised(folder)
  expect(await isInitialised(folder, engine)).toBe(false)
})

test.each([
  ['another backend', () => configure({ terraform: { backend: { local: {} } } }), engine],
  ['another engine', () => Promise.resolve(), { ...engine, version: '1.10.1' }],
  ['providers that are gone', () => rm(join(folder, 'cache'), { recursive: true }), engine],
  ...FILES.map((file) => [`no ${file}`, () => rm(join(folder, file)), engine] as const),
  ['all of it gone', () => rm(join(folder, '.terraform'), { recursive: true }), engine],
])('it is initialised again for %s', async (_what, change, then) => {
  await markInitialised(folder, engine)
  await change()
  expect(await isInitialised(folder, then)).toBe(false)
})

test('a mark that can not be written costs an init and nothing else', async () => {
  await rm(join(folder, '.terraform'), { recursive: true })
  await markInitialised(folder, engine)
  await unmarkInitialised(folder)
  expect(await isInitialised(folder, engine)).toBe(false)
})
