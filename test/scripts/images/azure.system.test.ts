import { execFileSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, jest, test } from '@jest/globals'
import { pagesIn } from '../../services/azurite.js'
import { makeQcow2, sha256 } from '../../support/local-vm/image-server.js'
import { no } from '../../stand-in/azure-answer.js'
import { REGION, SUBSCRIPTION } from '../../stand-in/azure.js'
import { waitUntil } from '../../stand-in/lab-cli.js'
import type { Sandbox } from '../../stand-in/sandbox.js'
import { readSource } from '../../support/cli/support.js'
import { blobsIn, useAzureImports } from '../../support/images/azure-world.js'
import { ok, recordOf as recordIn } from '../../support/images/import-lab.js'

// A dozen commands, and disks that are packed and sent.
jest.setTimeout(600_000)

const { world, computer, env } = useAzureImports(18)
const IMPORT = ['images', 'import', 'arch', '--provider', 'azure'] as const
const FORGET = ['images', 'forget', 'arch', '--provider', 'azure'] as const
const MIB = 1024 ** 2
const NAME = 'distrolab-arch-x86-64'
const GROUP = `/subscriptions/${SUBSCRIPTION}/resourceGroups/distrolab-images`
const ID = `${GROUP}/providers/Microsoft.Compute/images/${NAME}`

const recordOf = (box: Sandbox) => recordIn(box, 'azure')
/** Of the one blob, in ranges that were written. */
async function arrivedBytes(): Promise<number> {
  const [name] = await blobsIn(world())
  if (name === undefined) return 0
  let bytes = 0
  for await (const { start, end } of world().storage.container.getPageBlobClient(name).listPageRanges())
    bytes += end + 1 - start
  return bytes
}

/** What Azure was asked for and docs/providers/azure-role.json does not allow. */
async function actionsBeyondRole(): Promise<string[]> {
  const { Actions } = JSON.parse(await readSource('docs/providers/azure-role.json')) as { Actions: string[] }
  const allowed = new Set(Actions.map((action) => action.toLowerCase()))
  return [...world().azure.actions].filter((action) => !allowed.has(action.toLowerCase())).sort()
}

const everything = async () => [world().azure.made, await blobsIn(world())]
const NOTHING = [[], []]

/** What came to Azure is a VHD of the very disk that the vendor publishes. */
async function expectSameDisk(box: Sandbox): Promise<void> {
  const [name = ''] = await blobsIn(world())
  await world().storage.container.getBlobClient(name).downloadToFile(join(box.root, 'got.vhd'))
  await writeFile(join(box.root, 'vendor.qcow2'), world().disk)
  execFileSync('qemu-img', ['compare', '-f', 'vpc', '-F', 'qcow2', 'got.vhd', 'vendor.qcow2'], {
    cwd: box.root,
  })
}

test('an import makes an image that everybody of the team sees; forgetting leaves nothing', async () => {
  const box = await computer()
  const { azure } = world()
  const run = await ok(box.run([...IMPORT, '-o', 'json'], { env: env() }))
  const digest = `sha256:${sha256(world().disk)}`
  expect(run.json()).toMatchObject({ state: 'imported', id: ID, digest, region: REGION, diskGiB: 1 })
  const [blob = ''] = await blobsIn(world())
  expect(blob).toMatch(/^team\/images\/azure\/arch\/x86_64\/[0-9a-f]+-disk\.vhd$/)
  expect(azure.resources.find(ID)).toMatchObject({
    location: REGION,
    tags: { 'distrolab-image': 'arch-x86_64' },
    properties: {
      hyperVGeneration: 'V2',
      storageProfile: { osDisk: { blobUri: `${world().storage.url}/${blob}` } },
    },
  })
  expect(azure.made).toEqual([`images/${NAME}`, 'resourceGroups/distrolab-images'])
  expect(run.stderr).toMatch(/\[3\/4\] upload: [\d.]+ (MB|kB) of [\d.]+ MB/)
  await expectSameDisk(box)

  // Another computer with the same backend.
  const other = await computer()
  const shared = env({ DISTROLAB_BACKEND: pathToFileURL(box.home).href })
  const again = await ok(other.run([...IMPORT, '-o', 'json'], { env: shared }))
  expect(again.json()).toMatchObject({ id: ID, reused: true })
  expect((await ok(other.run(['images'], { env: shared }))).stdout).toContain(`as ${NAME}`)
  await ok(other.run(FORGET, { env: shared }))
  expect([await everything(), await recordOf(box)]).toEqual([NOTHING, undefined])
  expect(azure.actions).toContain('Microsoft.Compute/images/write')
  expect(await actionsBeyondRole()).toEqual([])
  const gone = await box.run(FORGET, { env: env() })
  expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('No image of arch was imported')])
})

test('an upload that was interrupted goes on after what has arrived', async () => {
  const box = await computer()
  const { proxy } = world().storage
  proxy.plan((seen) => {
    const [begin = 0] = pagesIn({ seen: [seen] })[0] ?? []
    return begin >= 8 * MIB ? 'silent before' : undefined
  })
  const first = box.start(IMPORT, { env: env() })
  await waitUntil('the first 8 MiB', async () => (await arrivedBytes()) === 8 * MIB, 300_000)
  first.signal('SIGINT')
  expect((await first.done).code).toBe(130)
  expect(await recordOf(box)).toMatchObject({
    state: 'importing',
    id: null,
    failure: { step: 'upload', code: 'interrupted' },
  })
  proxy.plan(() => undefined)
  await ok(box.run(IMPORT, { env: env() }))
  const starts = pagesIn(proxy).map(([begin]) => begin)
  expect(Math.min(...starts)).toBe(8 * MIB)
  await expectSameDisk(box)
  await ok(box.run(FORGET, { env: env() }))
  expect(await everything()).toEqual(NOTHING)
})

test('an image that Azure refuses to make is recorded as failed, and its disk is not sent twice', async () => {
  const box = await computer()
  const { azure, storage } = world()
  azure.refuse('PUT', '/images/', no(409, 'QuotaExceeded', 'The limit of images is reached.'))
  const refused = await box.run(IMPORT, { env: env() })
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining('QuotaExceeded')])
  expect(await recordOf(box)).toMatchObject({
    state: 'importing',
    step: null,
    failure: { step: 'register', code: 'cloud-quota' },
  })
  azure.obey()
  storage.proxy.plan(() => undefined)
  await ok(box.run(IMPORT, { env: env() }))
  expect(pagesIn(storage.proxy)).toEqual([])
  azure.refuse('DELETE', '/images/', no(409, 'ScopeLocked', 'The scope is locked.'))
  expect((await box.run(FORGET, { env: env() })).code).toBe(1)
  expect(await recordOf(box)).toMatchObject({ state: 'forgetting', failure: { step: 'destroy' } })
  azure.obey()
  await ok(box.run(FORGET, { env: env() }))
  expect(await everything()).toEqual(NOTHING)
})

test('what OpenTofu has forgotten is found by its name; what does not go is told', async () => {
  const box = await computer()
  const { azure } = world()
  await ok(box.run(IMPORT, { env: env() }))
  await rm(join(box.home, 'images/azure/arch/x86_64/tofu.tfstate'))
  azure.refuse('DELETE', '/images/', no(409, 'ScopeLocked', 'The scope is locked.'))
  const left = await box.run(FORGET, { env: env() })
  expect([left.code, left.stderr]).toEqual([6, expect.stringContaining(`image ${NAME} (`)])
  expect(await recordOf(box)).toMatchObject({ failure: { step: 'verify', code: 'image-left' } })
  azure.obey()
  await ok(box.run(FORGET, { env: env() }))
  expect(await everything()).toEqual(NOTHING)
})

test('the group stays while something else is in it, and when it is not ours', async () => {
  const box = await computer()
  const { azure } = world()
  await ok(box.run(IMPORT, { env: env() }))
  azure.resources.put(`${GROUP}/providers/Microsoft.Compute/images/by-hand`, { location: REGION })
  await ok(box.run(FORGET, { env: env() }))
  expect(azure.made).toEqual(['images/by-hand', 'resourceGroups/distrolab-images'])
  azure.resources.remove(GROUP)
  azure.resources.put(GROUP, { location: REGION })
  await ok(box.run(IMPORT, { env: env() }))
  await ok(box.run(FORGET, { env: env() }))
  expect(azure.made).toEqual(['resourceGroups/distrolab-images'])
})

test('a group of ours that Azure does not remove is told', async () => {
  const box = await computer()
  const { azure } = world()
  await ok(box.run(IMPORT, { env: env() }))
  azure.disturb(({ method, path }) =>
    method === 'DELETE' && path === GROUP ? no(409, 'ScopeLocked', 'The scope is locked.') : undefined,
  )
  const left = await box.run(FORGET, { env: env() })
  expect([left.code, left.stderr]).toEqual([6, expect.stringContaining('resource group distrolab-images')])
  azure.obey()
  await ok(box.run(FORGET, { env: env() }))
  expect(await everything()).toEqual(NOTHING)
})

test('two images share the group, which goes with the last of them', async () => {
  const box = await computer()
  const { azure } = world()
  const own = join(box.root, 'own.qcow2')
  await writeFile(own, makeQcow2(2))
  const debian = ['debian-13', '--provider', 'azure'] as const
  await ok(box.run(IMPORT, { env: env() }))
  await ok(box.run(['images', 'import', ...debian, '--image', own], { env: env() }))
  // Where in the list depends on the backend's hash.
  expect(azure.made).toHaveLength(3)
  expect(azure.made).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^images\/distrolab-[0-9a-f]+-debian-13-x86-64$/),
      ...[`images/${NAME}`, 'resourceGroups/distrolab-images'],
    ]),
  )
  await ok(box.run(FORGET, { env: env() }))
  expect(azure.made).toEqual([
    expect.stringMatching(/^images\/.*debian-13/),
    'resourceGroups/distrolab-images',
  ])
  await ok(box.run(['images', 'forget', ...debian], { env: env() }))
  expect(await everything()).toEqual(NOTHING)
})
