import { beforeEach, describe, expect, test } from '@jest/globals'
import { imageNameOf } from '../../../backend/image-name.js'
import { ImageWriter, type ImageFacts } from '../../../backend/image-writer.js'
import { acquireLease } from '../../../backend/lease.js'
import { directoryLocation } from '../../../backend/location.js'
import { openStore } from '../../../backend/open-store.js'
import { currentProcess } from '../../../backend/process-identity.js'
import type { Machine } from '../../../backend/record-schema.js'
import type { ObjectStore } from '../../../backend/store.js'
import { loadCatalog } from '../../../distro-catalog/load.js'
import { resolveProfile } from '../../../distro-catalog/profile.js'
import type { Context } from '../../../scripts/context.js'
import { LabError } from '../../../scripts/errors.js'
import { prepareImage, prepareMachines } from '../../../scripts/lab/prepare-image.js'
import type { MakerProvider, PreparedImage } from '../../../scripts/providers/provider.js'
import { faultOf, temporaryFolder } from '../../support/cli/support.js'

const catalog = await loadCatalog()
const ID = 'projects/p/global/images/distrolab-0a-arch'
const wish = {
  region: 'europe-west1',
  size: { instanceType: 'e2-medium', vcpus: 2, memoryMiB: 4096, diskGiB: 10 },
}
const step = { signal: new AbortController().signal, detail: () => undefined }
let store: ObjectStore
let asked: (string | undefined)[]

beforeEach(async () => {
  store = await openStore(directoryLocation(temporaryFolder()))
  asked = []
})

/** Hooks that know every pinned image and, where asked for the newest, `newest` alone. */
function hooks(newest?: PreparedImage): MakerProvider {
  const own = async (...[, profile, , pinned]: Parameters<MakerProvider['prepareImage']>) => {
    asked.push(pinned)
    if (pinned !== undefined) return { image: { id: pinned, kind: 'image', source: 'its name' } }
    if (newest !== undefined) return newest
    const { name: distro } = profile.distro
    throw new LabError({
      code: 'cloud-image-missing',
      provider: 'google',
      distro,
      region: 'europe-west1',
      selector: 'a family',
    })
  }
  return { prepareImage: own } as unknown as MakerProvider
}

const prepare = (own: MakerProvider, profile = 'arch-google', pinned?: string): Promise<PreparedImage> =>
  prepareImage(
    own,
    { store: async () => store } as Context,
    resolveProfile(catalog, profile),
    wish,
    pinned,
    step,
  )

async function record(state: ImageFacts['state'], id: string | null): Promise<void> {
  const parts = { provider: 'google', distro: 'arch', architecture: 'x86_64' }
  const { pid, startTime, boot } = currentProcess()
  const holder = { user: 'anna', host: 'laptop', pid, startTime, boot }
  const lease = await acquireLease(store, imageNameOf(parts), { holder, command: 'images import', waitMs: 0 })
  await (
    await ImageWriter.open(store, lease)
  ).create({
    ...parts,
    state,
    id,
    name: 'distrolab-0a-arch',
    source: 'https://a/b',
    digest: null,
    upload: 'gs://disks/images/x',
    diskGiB: 2,
    tags: {},
    owner: { user: 'anna', host: 'laptop' },
    step: null,
    failure: null,
    engine: null,
  })
  await lease.release()
}

test('what the team has imported is taken for new machines, once the provider has shown it', async () => {
  await record('imported', ID)
  const { image, remark } = await prepare(hooks())
  expect([asked, image.id, remark]).toEqual([[ID], ID, "Using the team's imported image its name"])
})

test('a lab keeps the image that it has', async () => {
  await record('imported', ID)
  const { image, remark } = await prepare(hooks(), 'arch-google', 'another')
  expect([asked, image.id, remark]).toEqual([['another'], 'another', undefined])
})

test('an import that has not ended is none: what is missing is said with the command', async () => {
  await record('importing', null)
  expect(await faultOf(prepare(hooks()))).toEqual({
    code: 'import-needed',
    provider: 'google',
    distro: 'arch',
  })
  expect(asked).toEqual([undefined])
})

test('a distro that its provider has is found as ever', async () => {
  const newest = { image: { id: 'newest', kind: 'image', source: 'debian' } }
  expect(await prepare(hooks(newest), 'debian-google')).toBe(newest)
  expect(await faultOf(prepare(hooks(), 'debian-google'))).toMatchObject({ code: 'cloud-image-missing' })
})

describe('machines that are about to be made', () => {
  const machine = { ...wish, name: 'main', distro: 'debian-13', image: null } as unknown as Machine
  const own = (): MakerProvider => ({
    ...hooks(),
    prepareImage: async (_context, { distro }, { size }, pinned) => {
      asked.push(pinned ?? `${distro.name} ${size.instanceType}`)
      return { image: { id: distro.name, kind: 'image', source: '' }, minimumDiskGiB: 12, remark: 'Mind.' }
    },
  })
  const said: string[] = []
  const context = {
    store: async () => store,
    catalog: async () => catalog,
    progress: { say: (text: string) => said.push(text) },
  } as unknown as Context
  const prepareAll = (machines: readonly Machine[], askedDiskGiB?: number): Promise<Machine[]> =>
    prepareMachines(
      own(),
      context,
      { provider: 'google', region: 'europe-west1', askedDiskGiB },
      machines,
      step,
    )

  test('get the image of their own distro and size, which is prepared once, and a disk that holds it', async () => {
    const large = { ...machine.size, diskGiB: 40 }
    const machines = [
      machine,
      { ...machine, name: 'second' },
      { ...machine, name: 'fedora', distro: 'fedora-44', size: large },
    ]
    const prepared = await prepareAll(machines)
    expect(asked).toEqual(['debian-13 e2-medium', 'fedora-44 e2-medium'])
    expect(said).toEqual(['Mind.'])
    expect(prepared.map(({ name, image, size }) => [name, image?.id, size.diskGiB])).toEqual([
      ['main', 'debian-13', 12],
      ['second', 'debian-13', 12],
      ['fedora', 'fedora-44', 40],
    ])
  })

  test('keep each the image that it has', async () => {
    const image = { id: 'another' }
    await prepareAll([machine, { ...machine, name: 'second', image }])
    expect(asked).toEqual(['debian-13 e2-medium', 'another'])
  })

  test('are not made with a smaller disk than their image needs', async () => {
    await expect(prepareAll([machine], 11)).rejects.toMatchObject({ fault: { code: 'disk-too-small' } })
  })
})
