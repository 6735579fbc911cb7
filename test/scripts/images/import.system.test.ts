import { execFileSync } from 'node:child_process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { pathToFileURL } from 'node:url'
import type { Pair } from '../../../distro-catalog/resolve.js'
import { sha256 } from '../../support/local-vm/image-server.js'
import { waitUntil } from '../../stand-in/lab-cli.js'
import type { Sandbox } from '../../stand-in/sandbox.js'
import '../../support/cli/support.js'
import { DISK, ok, recordOf, useImports } from '../../support/images/import-lab.js'

// A dozen commands, and disks that are packed and sent.
jest.setTimeout(600_000)

const { world, computer } = useImports()
const IMPORT = ['images', 'import', 'arch', '--provider', 'google'] as const
const FORGET = ['images', 'forget', 'arch', '--provider', 'google'] as const

/** What came to Google is the very disk that the vendor publishes. */
async function expectSameDisk(box: Sandbox, archive: Buffer | undefined, disk: Buffer): Promise<void> {
  if (archive === undefined) throw new Error('nothing was imported')
  await writeFile(join(box.root, 'got.tar.gz'), archive)
  await writeFile(join(box.root, 'vendor.qcow2'), disk)
  execFileSync('tar', ['-xzf', 'got.tar.gz'], { cwd: box.root })
  // Only zeros may have been added.
  execFileSync('qemu-img', ['compare', '-f', 'raw', '-F', 'qcow2', 'disk.raw', 'vendor.qcow2'], {
    cwd: box.root,
  })
}

test('an import makes an image that everybody of the team sees; forgetting leaves nothing', async () => {
  const box = await computer()
  const { google } = world()
  const run = await ok(box.run([...IMPORT, '-o', 'json'], { env: world().env(box) }))
  const id = (await recordOf(box))?.id
  const [image] = [...google.images.values()]
  const digest = `sha256:${sha256(world().disk)}`
  expect(run.json()).toMatchObject({ state: 'imported', id, digest, reused: false, diskGiB: 1 })
  expect(image).toMatchObject({
    family: 'distrolab-arch-x86-64',
    labels: { 'distrolab-image': 'arch-x86_64' },
    diskSizeGb: '1',
  })
  expect(image?.guestOsFeatures?.map(({ type }) => type).sort()).toEqual([
    ...['GVNIC', 'UEFI_COMPATIBLE', 'VIRTIO_SCSI_MULTIQUEUE'],
  ])
  expect(id).toBe(`projects/lab-project/global/images/${image?.name}`)
  expect(run.stderr).toMatch(/\[3\/4\] upload: [\d.]+ (MB|kB) of [\d.]+ MB/)
  await expectSameDisk(box, google.archives.get(image?.name ?? ''), world().disk)

  // Another computer with the same backend.
  const other = await computer()
  const env = { ...world().env(other), DISTROLAB_BACKEND: pathToFileURL(box.home).href }
  const pairs = (await ok(other.run(['images', '-o', 'json'], { env }))).json<
    (Pair & { imports: object[] })[]
  >()
  expect(pairs.find(({ profile }) => profile === 'arch-google')?.imports).toMatchObject([{ id }])
  expect((await ok(other.run(['images'], { env }))).stdout).toContain(`as ${image?.name}`)
  const sent = world().vendor.sent(DISK)
  expect((await ok(other.run([...IMPORT, '-o', 'json'], { env }))).json()).toMatchObject({ id, reused: true })
  expect([world().vendor.sent(DISK), google.images.size]).toEqual([sent, 1])

  await ok(other.run(FORGET, { env }))
  expect([google.images.size, await world().objects(), await recordOf(box)]).toEqual([0, [], undefined])
  const again = await box.run(FORGET, { env: world().env(box) })
  expect([again.code, again.stderr]).toEqual([3, expect.stringContaining('No image of arch was imported')])
})

test('an upload that was interrupted goes on where it ended', async () => {
  const box = await computer()
  const env = world().env(box)
  world().answerProgress(8 * 1024 * 1024)
  const first = box.start(IMPORT, { env })
  await waitUntil('the second chunk', () => world().isHeld, 300_000)
  first.signal('SIGINT')
  expect((await first.done).code).toBe(130)
  expect(await recordOf(box)).toMatchObject({
    state: 'importing',
    id: null,
    failure: { step: 'upload', code: 'interrupted' },
  })
  expect((await ok(box.run(['images'], { env }))).stdout).toContain(
    'to continue: distrolab images import arch',
  )
  world().answerProgress()
  await ok(box.run(IMPORT, { env }))
  // The first 8 MiB were not sent again.
  expect(world().chunks()[0]?.[0]).toBe(8 * 1024 * 1024)
  const [image] = [...world().google.images.values()]
  await expectSameDisk(box, world().google.archives.get(image?.name ?? ''), world().disk)
  await ok(box.run(FORGET, { env }))
  expect([world().google.images.size, await world().objects()]).toEqual([0, []])
})

test('an import that was killed can be forgotten, on another computer', async () => {
  const box = await computer()
  world().answerProgress(8 * 1024 * 1024)
  const first = box.start(IMPORT, { env: world().env(box) })
  await waitUntil('the second chunk', () => world().isHeld, 300_000)
  first.signal('SIGKILL')
  await first.done
  expect(await recordOf(box)).toMatchObject({ state: 'importing', step: 'upload' })
  const other = await computer()
  const env = { ...world().env(other), DISTROLAB_BACKEND: pathToFileURL(box.home).href }
  await ok(other.run(FORGET, { env }))
  expect([world().google.images.size, await world().objects(), await recordOf(box)]).toEqual([
    0,
    [],
    undefined,
  ])
})

test('an image that Google refuses to make is recorded as failed, and its disk is not sent twice', async () => {
  const box = await computer()
  const env = world().env(box)
  world().google.refuse('POST', 403, 'quotaExceeded', "Quota 'IMAGES' exceeded. Limit: 2000 globally.")
  const refused = await box.run(IMPORT, { env })
  expect([refused.code, refused.stderr]).toEqual([5, expect.stringContaining("Quota 'IMAGES' exceeded")])
  expect(await recordOf(box)).toMatchObject({
    state: 'importing',
    step: null,
    failure: { step: 'register', code: 'cloud-quota' },
  })
  world().google.obey()
  world().answerProgress()
  await ok(box.run(IMPORT, { env }))
  expect(world().chunks()).toEqual([])
  world().google.refuse('DELETE', 403, 'forbidden', "Required 'compute.images.delete' permission")
  const kept = await box.run(FORGET, { env })
  expect(kept.code).toBe(1)
  expect(await recordOf(box)).toMatchObject({ state: 'forgetting', failure: { step: 'destroy' } })
  const unfinished = await box.run(IMPORT, { env })
  expect([unfinished.code, unfinished.stderr]).toEqual([1, expect.stringContaining('did not finish')])
  world().google.obey()
  await ok(box.run(FORGET, { env }))
  expect([world().google.images.size, await world().objects()]).toEqual([0, []])
})

test('what OpenTofu has forgotten is found by its name; what does not go is told', async () => {
  const box = await computer()
  const env = world().env(box)
  await ok(box.run(IMPORT, { env }))
  await rm(join(box.home, 'images/google/arch/x86_64/tofu.tfstate'))
  world().google.refuse('DELETE', 403, 'forbidden', "Required 'compute.images.delete' permission")
  const left = await box.run(FORGET, { env })
  expect([left.code, left.stderr]).toEqual([6, expect.stringContaining('image distrolab-')])
  expect(await recordOf(box)).toMatchObject({ failure: { step: 'verify', code: 'image-left' } })
  world().google.obey()
  await ok(box.run(FORGET, { env }))
  expect([world().google.images.size, await world().objects()]).toEqual([0, []])
})

test('two imports at once make one image', async () => {
  const box = await computer()
  const env = world().env(box)
  const both = await Promise.all([box.run(IMPORT, { env }), box.run([...IMPORT, '-o', 'json'], { env })])
  expect(both.map(({ code }) => code)).toEqual([0, 0])
  expect(world().google.asked.filter((asked) => asked === 'POST global/images').length).toBeGreaterThan(0)
  expect(world().google.images.size).toBe(1)
  await ok(box.run(FORGET, { env }))
})
