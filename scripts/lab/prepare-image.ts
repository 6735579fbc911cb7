import { imageNameOf } from '../../backend/image-name.js'
import { readImageRecord } from '../../backend/image-record.js'
import type { Machine } from '../../backend/record-schema.js'
import { profileOfPair, type Profile } from '../../distro-catalog/profile.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { hasOffers, isCloud } from '../../distro-catalog/cloud.js'
import { architectureOf, assertDiskHolds } from '../../distro-catalog/size.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { ImageWish, MakerProvider, PreparedImage, StepControl } from '../providers/provider.js'

/** Where machines are, and how large a disk was asked for, if one was. */
export interface PreparedPlace {
  readonly provider: string
  readonly region: string
  readonly askedDiskGiB?: number | undefined
}

/**
 * These machines as they can be made: with their image, and with a disk that holds it. It is prepared once for all machines
 * of the same distro, size and image. Throws as `prepareImage` does, or CatalogError disk-too-small.
 */
export async function prepareMachines(
  hooks: MakerProvider,
  context: Context,
  { provider, region, askedDiskGiB }: PreparedPlace,
  machines: readonly Machine[],
  step: StepControl,
): Promise<Machine[]> {
  const catalog = await context.catalog()
  const kinds = new Map(machines.map((machine) => [kindOf(machine), machine]))
  const prepared = new Map<string, PreparedImage>()
  // One after the other: each says how far it is, and may fill the disk of this computer.
  for (const [kind, { distro, size, image }] of kinds) {
    const profile = profileOfPair(catalog, distro, provider)
    const found = await prepareImage(hooks, context, profile, { region, size }, image?.id, step)
    assertDiskHolds(askedDiskGiB, found.minimumDiskGiB ?? 0)
    prepared.set(kind, found)
  }
  const remarks = [...prepared.values()].flatMap(({ remark }) => remark ?? [])
  for (const remark of new Set(remarks)) context.progress.say(remark)
  return machines.map((machine) => withImage(machine, prepared.get(kindOf(machine))))
}

const kindOf = ({ distro, size, image }: Machine): string => JSON.stringify([distro, size, image?.id])

function withImage(machine: Machine, prepared: PreparedImage | undefined): Machine {
  if (prepared === undefined) return machine
  const { size } = machine
  const { image, minimumDiskGiB = 0 } = prepared
  return { ...machine, image, size: { ...size, diskGiB: Math.max(size.diskGiB, minimumDiskGiB) } }
}

/**
 * The image of machines that are about to be made: their own, else the team's import, else what the provider finds by
 * the catalog. Throws LabError import-needed if only an import would help.
 */
export async function prepareImage(
  hooks: MakerProvider,
  context: Context,
  profile: Profile,
  wish: ImageWish,
  pinned: string | undefined,
  step: StepControl,
): Promise<PreparedImage> {
  const imported = pinned === undefined ? await importedImage(context, profile, wish) : undefined
  try {
    const prepared = await hooks.prepareImage(context, profile, wish, pinned ?? imported, step)
    if (imported === undefined) return prepared
    return { ...prepared, remark: `Using the team's imported image ${prepared.image.source}` }
  } catch (error) {
    const isMissing = error instanceof LabError && error.fault.code === 'cloud-image-missing'
    const { provider, distro } = profile
    const isByo = hasOffers(provider) && resolveOffer(distro, provider.name).support === 'byo'
    if (!isMissing || !isByo) throw error
    throw new LabError(
      { code: 'import-needed', provider: provider.name, distro: distro.name },
      { cause: error },
    )
  }
}

/** The id of the image that `images import` made for such machines. Throws LabError cloud-image-elsewhere. */
async function importedImage(
  context: Context,
  { distro, provider }: Profile,
  { size, region }: ImageWish,
): Promise<string | undefined> {
  if (!isCloud(provider)) return undefined
  const architecture = architectureOf(provider, size.instanceType)
  const image = imageNameOf({ provider: provider.name, distro: distro.name, architecture })
  const record = await readImageRecord(await context.store(), image)
  if (record?.state !== 'imported' || record.id === null) return undefined
  const { id, region: has } = record
  if (has !== undefined && has !== region)
    throw new LabError({ code: 'cloud-image-elsewhere', provider: provider.name, image: id, region, has })
  return id
}
