import type { ProviderName } from '../../distro-catalog/provider.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { callDriver } from '../lifecycle/driver.js'
import type { Answer, Asker, Question } from './question.js'

/** Finds out whether a provider can be asked at all, and returns who asks it. Throws LabError where it can't. */
type OpenAsker = (signal: AbortSignal) => Promise<Asker>

const notAsked = (reason: string): Answer => ({ outcome: 'not-asked', reason })
const nothing = (reason: string): Answer => ({ outcome: 'nothing', reason })
const BROUGHT = 'whoever uses it imports it'

const OPEN: Readonly<Record<ProviderName, OpenAsker>> = {
  async aws(signal) {
    const { checkAwsAccount } = await import('../clouds/aws/account.js')
    await checkAwsAccount(signal)
    const { findNewestImage } = await import('../clouds/aws/image.js')
    return async ({ distro, architecture }) => {
      const { architectures, regions, exceptRegions = [] } = resolveOffer(distro, 'aws')
      const image = architectures[architecture]
      if (image === undefined || image.owner === 'self') return notAsked(BROUGHT)
      const region = (regions ?? COMMON_REGIONS.aws).find((each) => !exceptRegions.includes(each)) ?? ''
      const newest = await findNewestImage(region, { ...image, architecture })
      if (newest === undefined) return nothing(`no ${image.name} of ${image.owner} in ${region}`)
      return { outcome: 'found', newest: newest.name, date: newest.createdAt ?? null }
    }
  },

  async google(signal) {
    const { checkGoogleAccount } = await import('../clouds/google/account.js')
    await checkGoogleAccount(signal)
    const { openCompute } = await import('../clouds/google/client.js')
    const compute = openCompute(signal)
    return async ({ distro, architecture }) => {
      const image = resolveOffer(distro, 'google').architectures[architecture]
      if (image?.project === undefined) return notAsked(BROUGHT)
      const path = `projects/${image.project}/global/images/family/${image.family}`
      const newest = await compute.findAnywhere<{ name: string; creationTimestamp?: string }>(path)
      if (newest === undefined) return nothing(`no image of the family ${image.family} of ${image.project}`)
      return { outcome: 'found', newest: newest.name, date: newest.creationTimestamp ?? null }
    }
  },

  async azure(signal) {
    const { checkAzureAccount } = await import('../clouds/azure/account.js')
    await checkAzureAccount(signal)
    const { findNewestImage } = await import('../clouds/azure/image.js')
    const { selectorOf } = await import('../../stacks/azure/plan.js')
    return async ({ distro, architecture }) => {
      const { architectures, regions, exceptRegions = [] } = resolveOffer(distro, 'azure')
      const image = architectures[architecture]
      if (image === undefined || image.source.imported !== undefined) return notAsked(BROUGHT)
      const region = (regions ?? COMMON_REGIONS.azure).find((each) => !exceptRegions.includes(each)) ?? ''
      const { from: _from, ...selector } = selectorOf(image)
      const newest = await findNewestImage(region, selectorOf(image))
      if (newest === undefined) return nothing(`no ${Object.values(selector).join(':')} in ${region}`)
      // Its versions have no date of their own.
      return { outcome: 'found', newest: newest.id, date: null }
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
  const { code } = error.fault
  if (error.fault.code === 'driver' && error.fault.fault.code === 'image-unreachable') {
    const { url, reason } = error.fault.fault
    return `${new URL(url).host} can't be reached (${reason})`
  }
  if (code === 'cloud-credentials-missing') return `no credentials for ${provider}`
  return explain(error).message
}
