import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { BackendError } from '../../../backend/errors.js'
import { prepareWorkFolder } from '../../../scripts/engine/work-folder.js'
import { workFolder, type Workspace } from '../../../scripts/workspace.js'
import { errorOf, temporaryFolder } from '../../support/cli/support.js'

let space: Workspace
let folder: string
let outside: string
beforeEach(() => {
  const root = temporaryFolder()
  space = { home: join(root, 'home'), cache: join(root, 'cache'), backendId: '0a1b2c3d' }
  folder = workFolder(space, 'demo')
  outside = temporaryFolder()
})

async function refusal(): Promise<object> {
  const error = await errorOf(prepareWorkFolder(space, folder))
  if (error instanceof BackendError) return error.fault
  throw error
}

async function put(path: string): Promise<string> {
  const place = join(folder, path)
  await mkdir(dirname(place), { recursive: true })
  await writeFile(place, '')
  return place
}

test('what distrolab and OpenTofu put there is taken, providers that are links into a cache too', async () => {
  expect(await prepareWorkFolder(space, folder)).toBe(folder)
  for (const name of [
    'cdk.tf.json',
    'distrolab.tofurc',
    '.terraform.lock.hcl',
    'errored.tfstate',
    'packed/disk',
  ])
    await put(name)
  await put('.terraform/terraform.tfstate')
  const version = join(folder, '.terraform/providers/registry.opentofu.org/hashicorp/aws/6.25.0')
  await mkdir(version, { recursive: true })
  await symlink(outside, join(version, 'linux_amd64'))
  expect(await prepareWorkFolder(space, folder)).toBe(folder)
})

test('a cache that is a link is where the user wants it', async () => {
  await symlink(outside, space.cache)
  expect(await prepareWorkFolder(space, folder)).toBe(folder)
  expect(await readdir(outside)).toEqual(['work'])
})

test.each(['work', 'work/0a1b2c3d', 'work/0a1b2c3d/demo'])('the folder %s is no link', async (path) => {
  const place = join(space.cache, path)
  await mkdir(dirname(place), { recursive: true })
  await symlink(outside, place)
  expect(await refusal()).toEqual({ code: 'file-refused', place, found: 'link' })
  expect(await readdir(outside)).toEqual([])
})

describe('a link in it is refused by name:', () => {
  test.each([
    ...['cdk.tf.json', '.terraform', '.terraform.lock.hcl', 'errored.tfstate', 'engine-apply.log', 'recover'],
    ...['.terraform/providers', '.terraform/terraform.tfstate', '.terraform/providers/example.com'],
    '.terraform/providers/registry.opentofu.org/hashicorp/aws/6.25.0/linux_amd64/inside',
  ])('%s', async (path) => {
    const place = join(folder, path)
    await mkdir(dirname(place), { recursive: true })
    await symlink(outside, place)
    expect(await refusal()).toEqual({ code: 'file-refused', place, found: 'link' })
  })
})

test('a socket in it is refused by name', async () => {
  await prepareWorkFolder(space, folder)
  const place = join(folder, 's')
  const server = createServer()
  await new Promise<void>((listening) => server.listen(place, listening))
  expect(await refusal()).toEqual({ code: 'file-refused', place, found: 'special' })
  await new Promise((closed) => server.close(closed))
})

describe('what OpenTofu would read, and distrolab never writes, is refused by name:', () => {
  test.each([
    ...[
      'extra.tf',
      'cdk_override.tf.json',
      'more.tofu',
      'more.tofu.json',
      'terraform.tfvars',
      'a.auto.tfvars.json',
    ],
    ...[
      'terraform.d/plugins',
      '.terraform/environment',
      '.terraform/plugin_path',
      '.terraform/modules/modules.json',
    ],
  ])('%s', async (path) => {
    await put(path)
    expect(await refusal()).toMatchObject({ code: 'file-refused', found: 'configuration' })
  })
})
