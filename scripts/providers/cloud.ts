import { isLabName } from '../../backend/lab-name.js'
import { keysOn } from '../../backend/lab-keys.js'
import type { LabFacts } from '../../backend/record-schema.js'
import { stateBackend } from '../../backend/state-backend.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { isCloud } from '../../distro-catalog/cloud.js'
import { CatalogError } from '../../distro-catalog/errors.js'
import type { Architecture, CloudOffer } from '../../distro-catalog/offer-schema.js'
import { profileOfPair, type Profile } from '../../distro-catalog/profile.js'
import type { CloudProvider } from '../../distro-catalog/provider.js'
import type { CloudName } from '../../distro-catalog/provider-names.js'
import { findRegion, usdPerHour, whyNot, type RegionQuestion } from '../../distro-catalog/rank-regions.js'
import { resolveOffer, resolveProvider } from '../../distro-catalog/resolve.js'
import { architectureOf, resolveSize, type MachineSize } from '../../distro-catalog/size.js'
import type { CloudLabPlan } from '../../stacks/cloud-plan.js'
import type { Lifetime, NetworkChoice } from '../../stacks/cloud-spec.js'
import { labTags, machineId, userTags } from '../../stacks/naming.js'
import { clouds } from './clouds.js'
import { checkNetworkName, isNamed } from './network-name.js'
import { checkTags } from './tag-rules.js'
import { spaceOf, type Context } from '../context.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { regionQuestion } from '../regions/question.js'
import { rankFor, type Measuring } from '../regions/rank.js'
import { zoneIn } from '../regions/zone.js'
import type { Enforcer, MakerProvider, Place, SizeWish, SpecFacts } from './provider.js'

type Planning =
  | 'patience'
  | 'baseline'
  | 'resolveSize'
  | 'place'
  | 'planMachines'
  | 'swapMachines'
  | 'replaceAddress'
  | 'remakeAddress'

/** What all clouds share: they plan a lab from the catalog and the settings. */
export function cloudPlanning(name: CloudName): Pick<MakerProvider, Planning> {
  const addressOf = (machine: string): string => `${clouds[name].machineType}.${machine}`
  return {
    // A machine takes one or two minutes; a provider without a network may retry silently for an hour.
    patience: { quietMs: 3 * 60_000, totalMs: 10 * 60_000 },
    baseline: { kind: 'image' },
    resolveSize: (profile, choice) => resolveCloudSize(profile, name, choice),
    place: (context, profile, size, measuring) =>
      placeOf(context, profile, size, resolveOffer(profile.distro, name), measuring),

    planMachines: async ({ space }, lab, machines) =>
      machines.map(({ name: machine, profile }) => {
        const { user } = resolveOffer(profile.distro, name)
        const id = machineId(space.backendId, lab, machine)
        return { name: machine, id, address: null, port: null, user, hostKey: null }
      }),

    swapMachines(machines, profile) {
      const { user } = resolveOffer(profile.distro, name)
      return machines.map((machine) => ({ ...machine, user, hostKey: null }))
    },

    replaceAddress: addressOf,
    remakeAddress: addressOf,
  }
}

/** The tags of everything in a lab: computed, never read from the record. */
export const marksOf = (
  context: Context,
  { lab, incarnation }: Pick<LabFacts, 'lab' | 'incarnation'>,
): Record<string, string> =>
  labTags({ backendId: spaceOf(context, { incarnation }).backendId, lab, incarnation })

/** How long a look at a lab waits for its cloud's answer, in milliseconds. */
const LOOK_MS = 3_000

/** A cloud's answer about a lab's enforcers, or the named one with an unknown state. */
export async function lookForEnforcers(
  name: string,
  look: (patience: AbortSignal) => Promise<readonly Enforcer[]>,
): Promise<readonly Enforcer[]> {
  const patience = AbortSignal.timeout(LOOK_MS)
  try {
    return await look(patience)
  } catch (error) {
    // Someone who may look at the record need not have credentials for the cloud, or a network.
    if (error instanceof LabError || patience.aborted) return [{ name, state: 'unknown' }]
    throw error
  }
}

/** Lines of a machine's console, counted from its end. */
const CONSOLE_LINES = 20

/**
 * The console, or why the cloud does not show it: it is read because something else failed, and that must be
 * reported.
 */
export async function consoleOrReason(read: (lines: number) => Promise<string>): Promise<string> {
  try {
    return await read(CONSOLE_LINES)
  } catch (error) {
    if (error instanceof LabError) return `(${explain(error).message})`
    throw error
  }
}

/** The networks that may reach SSH, according to the settings. Throws LabError caller-unknown. */
export async function allowFrom(context: Context, measuring: Measuring): Promise<readonly string[]> {
  const asked = context.settings.allowFrom
  const named = asked.filter((each) => each !== 'auto')
  const isAuto = named.length < asked.length || asked.length === 0
  // Files can be written without a network: they open no network that no one named.
  if (!isAuto || measuring === 'known') return named
  return [...new Set([...named, await ownNetwork(context)])]
}

async function ownNetwork({ settings, env, interrupt }: Context): Promise<string> {
  const { ADDRESS_PAGES, callerNetwork } = await import('./caller-address.js')
  const pages = settings.addressUrl === undefined ? ADDRESS_PAGES : [settings.addressUrl]
  return callerNetwork(pages, { signal: interrupt.signal, proxied: env.proxied })
}

/** Everything that a cloud's stack is planned from, from a record and the settings. */
export function cloudPlan(
  context: Context,
  facts: SpecFacts,
  catalog: Catalog,
  anew: readonly string[],
): CloudLabPlan {
  const { lab, incarnation, region, machines } = facts
  const { location, settings } = context
  const { backendId } = spaceOf(context, facts)
  const provider = requireCloud({ provider: resolveProvider(catalog, facts.provider) })
  if (!isLabName(lab)) throw new LabError({ code: 'lab-name-invalid', given: lab })
  return {
    lab,
    profile: facts.profile,
    backendId,
    incarnation,
    state: stateBackend(location, lab),
    provider,
    region,
    zone: facts.zone ?? null,
    publicKey: facts.sshKey.publicKey,
    authorizedKeys: keysOn(facts).filter((key) => key !== facts.sshKey.publicKey),
    allowFrom: facts.allowFrom ?? [],
    lifetime: lifetimeOf(facts),
    spot: facts.spot ?? false,
    network: networkChoiceOf(facts),
    tags: userTags(facts.tags),
    providerVersion: settings.providerVersions[clouds[provider.name].registryName] ?? null,
    machines: machines.map(({ name, distro, size, image }) => ({
      name,
      distro: profileOfPair(catalog, distro, provider.name).distro,
      size,
      imageId: image?.id ?? null,
    })),
    anew,
  }
}

/** The network that a recorded lab's stack uses. */
export const networkChoiceOf = ({ network }: Pick<LabFacts, 'network'>): NetworkChoice =>
  network?.at ?? (network?.given === 'own' ? 'own' : 'default')

/** From the record alone, so that the same lab always gives the same files. */
function lifetimeOf({ createdAt, expiresAt }: SpecFacts): Lifetime | null {
  if (expiresAt === null || createdAt === '') return null
  const epoch = Math.floor(Date.parse(expiresAt) / 1000)
  return { expiresAt, epoch, seconds: epoch - Math.floor(Date.parse(createdAt) / 1000) }
}

function resolveCloudSize(profile: Profile, name: CloudName, choice: SizeWish): MachineSize {
  const offer = resolveOffer(profile.distro, name)
  const provider = requireCloud(profile)
  // With only one architecture there is no choice.
  const [only, second] = Object.keys(offer.architectures)
  const architecture = choice.architecture ?? (only === 'arm64' && second === undefined ? only : undefined)
  const size = resolveSize(provider, { ...choice, architecture, minimumDiskGiB: offer.minimumDiskGiB })
  offeredImage(profile, name, size)
  return size
}

/** The catalog's image for machines of a size. Throws CatalogError pair-unavailable. */
export function offeredImage<N extends CloudName>(
  profile: Profile,
  name: N,
  { instanceType }: Pick<MachineSize, 'instanceType'>,
): { readonly image: OfferedImage<N>; readonly architecture: Architecture } {
  const architecture = architectureOf(requireCloud(profile), instanceType)
  const offer: { readonly architectures: Partial<Record<Architecture, OfferedImage<N>>> } = resolveOffer(
    profile.distro,
    name,
  )
  const image = offer.architectures[architecture]
  if (image !== undefined) return { image, architecture }
  const reason = `there is no ${architecture} image`
  throw new CatalogError({ code: 'pair-unavailable', distro: profile.distro.name, provider: name, reason })
}

type OfferedImage<N extends CloudName> = NonNullable<
  ReturnType<typeof resolveOffer<N>>['architectures'][Architecture]
>

/** The named region, if it is suitable; else the best ranked one. */
async function placeOf(
  context: Context,
  profile: Profile,
  { instanceType }: MachineSize,
  offer: CloudOffer,
  measuring: Measuring,
): Promise<Place> {
  const { settings } = context
  const provider = requireCloud(profile)
  const named = settings.region ?? profile.region ?? 'auto'
  checkTags(provider.name, settings.tags)
  checkNetwork(provider.name, settings.network ?? profile.network ?? 'default', named)
  const question = await regionQuestion(context, provider, instanceType, offer)
  const zone = settings.zone ?? profile.zone
  const region =
    named === 'auto'
      ? ((await rankFor(context, question, measuring)).regions[0]?.region ?? '')
      : checkNamed({ ...question, allowed: [named] }, named)
  return {
    region,
    costPerHourUsd: costOf(question, region),
    spot: settings.spot ?? profile.spot ?? false,
    zone: zone === undefined ? undefined : zoneIn(provider.name, region, zone),
  }
}

function checkNetwork(provider: CloudName, network: string, region: string): void {
  checkNetworkName(provider, network)
  if (clouds[provider].networks.isGlobal || !isNamed(network) || region !== 'auto') return
  const problem = `--network: "${network}" is in one region only; name it too, with --region`
  throw new LabError({ code: 'usage', problem })
}

function checkNamed(question: RegionQuestion, named: string): string {
  const reason = whyNot(question, findRegion(question.regions, named))
  if (reason === undefined) return named
  const { instanceType, provider } = question
  const leftOut = [{ region: named, reason }]
  throw new CatalogError({ code: 'no-region', provider: provider.name, instanceType, leftOut })
}

/** The list price; if it is unknown for this region, the highest known one; 0 if there is none. */
function costOf({ provider, regions, instanceType }: RegionQuestion, region: string): number {
  const here = usdPerHour(provider, findRegion(regions, region), instanceType)
  const known = regions.regions.flatMap((each) => usdPerHour(provider, each, instanceType) ?? [])
  return here ?? Math.max(0, ...known)
}

export function requireCloud({ provider }: Pick<Profile, 'provider'>): CloudProvider {
  if (isCloud(provider)) return provider
  throw new TypeError(`${provider.name} is no cloud`)
}
