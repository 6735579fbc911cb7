import type { ProviderName } from '../../distro-catalog/provider.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { callDriver } from '../providers/local/driver.js'
import type { Answer, Asker, Question } from './question.js'

/** Finds out whether a provider can be asked at all, and returns who asks it. Throws LabError where it can't. */
type OpenAsker = (signal: AbortSignal) => Promise<Asker>

const notAsked = (reason: string): Answer => ({ outcome: 'not-asked', reason })
const nothing = (reason: string): Answer => ({ outcome: 'nothing', reason })
const BROUGHT = 'each backend imports its own'
const NOWHERE_COMMON = 'no region that every account has offers it'

const OPEN: Readonly<Record<ProviderName, OpenAsker>> = {
  async aws(signal) {
    const { checkAwsAccount } = await import('../providers/aws/account.js')
    await checkAwsAccount(signal)
    const { findNewestImage } = await import('../providers/aws/image.js')
    return async ({ distro, architecture }) => {
      const offer = resolveOffer(distro, 'aws')
      const image = offer.architectures[architecture]
      if (image === undefined || image.owner === 'self') return notAsked(BROUGHT)
      const region = regionOf(offer, COMMON_REGIONS.aws)
      if (region === undefined) return notAsked(NOWHERE_COMMON)
      const newest = await findNewestImage(region, { ...image, architecture })
      if (newest === undefined) return nothing(`no ${image.name} of ${image.owner} in ${region}`)
      return { outcome: 'found', newest: newest.name, date: newest.createdAt ?? null }
    }
  },

  async google(signal) {
    const { checkGoogleAccount } = await import('../providers/google/account.js')
    await checkGoogleAccount(signal)
    const { openCompute } = await import('../providers/google/client.js')
    const { findNewestImage } = await import('../providers/google/image.js')
    const compute = openCompute(signal)
    return async ({ distro, architecture }) => {
      const image = resolveOffer(distro, 'google').architectures[architecture]
      if (image?.project === undefined) return notAsked(BROUGHT)
      const newest = await findNewestImage(image, compute)
      if (newest === undefined) return nothing(`no image of the family ${image.family} of ${image.project}`)
      return { outcome: 'found', newest: newest.name, date: newest.createdAt ?? null }
    }
  },

  async azure(signal) {
    const { checkAzureAccount } = await import('../providers/azure/account.js')
    await checkAzureAccount(signal)
    const { findNewestImage } = await import('../providers/azure/image.js')
    const { selectorOf } = await import('../../stacks/azure/plan.js')
    return async ({ distro, architecture }) => {
      const offer = resolveOffer(distro, 'azure')
      const image = offer.architectures[architecture]
      if (image === undefined || image.source.imported !== undefined) return notAsked(BROUGHT)
      const region = regionOf(offer, COMMON_REGIONS.azure)
      if (region === undefined) return notAsked(NOWHERE_COMMON)
      const { from: _from, ...selector } = selectorOf(image)
      const newest = await findNewestImage(region, selectorOf(image))
      if (newest === undefined) return nothing(`no ${Object.values(selector).join(':')} in ${region}`)
      return { outcome: 'found', newest: newest.id, date: newest.createdAt ?? null }
    }
  },

  async local(signal) {
    return async ({ distro, architecture }) => {
      const image = resolveOffer(distro, 'local').architectures[architecture]
      if (image?.vendor === undefined) return notAsked('it is built on the computer that uses it')
      const { published } = await callDriver('published', { vendor: image.vendor }, { signal })
      return { outcome: 'found', newest: published.id, date: published.modifiedAt ?? null }
    }
  },
}

/** Regions that every account has. */
const COMMON_REGIONS = { aws: ['us-east-1', 'eu-west-1'], azure: ['westeurope', 'eastus'] }

/** One that has the image, and if there is one, such that every account has it. */
function regionOf(
  { regions, exceptRegions = [] }: { readonly regions?: string[]; readonly exceptRegions?: string[] },
  common: readonly string[],
): string | undefined {
  const hasImage = (region: string): boolean =>
    regions?.includes(region) !== false && !exceptRegions.includes(region)
  return common.find(hasImage) ?? regions?.find(hasImage)
}

/** The driver's ways to say that the vendor has no such image, or does not vouch for it. */
const ABSENT = new Set(['image-refused', 'checksum-unknown'])

/** Who asks a provider; one who can't be asked is not, with the reason in every answer. */
export async function openAsker(provider: ProviderName, signal: AbortSignal): Promise<Asker> {
  try {
    return carefully(await OPEN[provider](signal), signal)
  } catch (error) {
    signal.throwIfAborted()
    const reason = whyNot(provider, error)
    return async () => notAsked(reason)
  }
}

const carefully =
  (ask: Asker, signal: AbortSignal): Asker =>
  async (question: Question) => {
    try {
      return await ask(question)
    } catch (error) {
      signal.throwIfAborted()
      if (!(error instanceof LabError)) throw error
      const { code, message } = explain(error)
      return ABSENT.has(code) ? nothing(message) : notAsked(whyNot(question.provider, error))
    }
  }

function whyNot(provider: ProviderName, error: unknown): string {
  if (!(error instanceof LabError)) throw error
  const { fault } = error
  if (fault.code === 'driver' && fault.fault.code === 'image-unreachable') {
    const { url, reason } = fault.fault
    return `${new URL(url).host} cannot be reached (${reason})`
  }
  if (fault.code === 'cloud-credentials-missing') return `no credentials for ${provider}: ${fault.sought}`
  return explain(error).message
}
