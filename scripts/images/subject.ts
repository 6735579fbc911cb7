import { imageNameOf, type ImageName } from '../../backend/image-name.js'
import { hasOffers, isCloud } from '../../distro-catalog/cloud.js'
import { CatalogError } from '../../distro-catalog/errors.js'
import type { Distro } from '../../distro-catalog/distro.js'
import type { Architecture, CloudOffer } from '../../distro-catalog/offer-schema.js'
import type { CloudName } from '../../distro-catalog/provider-names.js'
import { resolveDistro, resolveOffer, resolveProvider } from '../../distro-catalog/resolve.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'

/** Which distro, for which provider and architecture. */
export interface ImageSubject {
  readonly image: ImageName
  readonly distro: Distro
  readonly provider: CloudName
  readonly architecture: Architecture
  readonly offer: CloudOffer
}

/** Interprets the words of a command. Throws LabError usage or import-unsupported, or CatalogError. */
export async function subjectOf(
  context: Context,
  distroName: string | undefined,
  providerName: string | undefined,
): Promise<ImageSubject> {
  if (distroName === undefined || providerName === undefined) {
    const problem = 'Name a distro, and its provider with --provider.'
    throw new LabError({ code: 'usage', problem, command: 'images' })
  }
  const catalog = await context.catalog()
  const distro = resolveDistro(catalog, distroName)
  const found = resolveProvider(catalog, providerName)
  if (!isCloud(found)) {
    const { name } = found
    const reason = hasOffers(found)
      ? `${name} labs use the images of distributions, or a file that the catalog names, without an import`
      : `${name} labs use machines that exist already, without an image`
    throw new LabError({ code: 'import-unsupported', provider: name, distro: distro.name, reason })
  }
  const provider = found.name
  const offer = resolveOffer(distro, provider)
  const architecture = architectureOf(context, distro, provider, offer)
  const image = imageNameOf({ provider, distro: distro.name, architecture })
  return { image, distro, provider, architecture, offer }
}

/** The requested architecture, else the first available. */
function architectureOf(
  { settings }: Context,
  distro: Distro,
  provider: CloudName,
  { architectures }: CloudOffer,
): Architecture {
  const offered = (['x86_64', 'arm64'] as const).filter((each) => architectures[each] !== undefined)
  const wanted = settings.architecture ?? offered[0]
  if (wanted !== undefined && offered.includes(wanted)) return wanted
  const reason = `there is no ${wanted ?? ''} image`
  throw new CatalogError({ code: 'pair-unavailable', distro: distro.name, provider, reason })
}

/** For messages. */
export const named = ({ provider, distro }: ImageSubject) => ({ provider, distro: distro.name })
