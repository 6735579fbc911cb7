import { imageNameOf } from '../../backend/image-name.js'
import { readImageRecord } from '../../backend/image-record.js'
import type { Profile } from '../../distro-catalog/profile.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { architectureOf } from '../../distro-catalog/size.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { ImageWish, PreparedImage, ProviderHooks, StepControl } from '../providers/provider.js'

/**
 * The image of machines that are about to be made: the one that the lab has, else the one that the team imported, else
 * what the provider finds by the catalog. Throws LabError import-needed where only an import would help.
 */
export async function prepareImage(
  hooks: ProviderHooks,
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
    if (!isMissing || resolveOffer(profile.distro, profile.provider.name).support !== 'byo') throw error
    const { provider, distro } = profile
    throw new LabError(
      { code: 'import-needed', provider: provider.name, distro: distro.name },
      { cause: error },
    )
  }
}

/** The id of the image that `images import` has made for machines of this kind. Throws LabError cloud-image-elsewhere. */
async function importedImage(
  context: Context,
  { distro, provider }: Profile,
  { size, region }: ImageWish,
): Promise<string | undefined> {
  if (provider.name === 'local') return undefined
  const architecture = architectureOf(provider, size.instanceType)
  const image = imageNameOf({ provider: provider.name, distro: distro.name, architecture })
  const record = await readImageRecord(await context.store(), image)
  if (record?.state !== 'imported' || record.id === null) return undefined
  const { id, region: has } = record
  if (has !== undefined && has !== region)
    throw new LabError({ code: 'cloud-image-elsewhere', provider: provider.name, image: id, region, has })
  return id
}
