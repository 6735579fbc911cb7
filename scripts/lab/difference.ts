import { MESH_NONE } from '../../backend/forms.js'
import type { AnyLab } from '../../backend/lab.js'
import type { Architecture } from '../../distro-catalog/offer-schema.js'
import type { LabFault } from '../errors.js'
import type { Settings } from '../settings.js'
import { sourceOf, type PlannedSetup } from './setup-source.js'
import { isItsNetwork, networkNameOf } from './network.js'

/** What a command asks of a lab that is there, once the catalog has told what it means. */
export interface Asked {
  readonly settings: Pick<
    Settings,
    'askedTags' | 'askedTtl' | 'diskGiB' | 'mesh' | 'name' | 'network' | 'region' | 'spot' | 'ttl'
  >
  /** The setup as it is on this computer; undefined: none is. */
  readonly setup: PlannedSetup | undefined
  /** Undefined: none was named, or the lab's own. */
  readonly profile: AskedProfile | undefined
  /** Undefined: none were named, nor does the profile that was named. */
  readonly machines: readonly AskedMachine[] | undefined
  readonly zone: { readonly typed: string; readonly whole: string } | undefined
  /** `has`: the lab's own; undefined on this computer, which has one only, and for a type that the catalog does not know. */
  readonly architecture: { readonly asked: Architecture; readonly has: Architecture | undefined } | undefined
  /** Of the size or type that was named. */
  readonly instanceType: string | undefined
}

/** A machine that was named, with its distro where that was named too. */
export interface AskedMachine {
  readonly name: string
  readonly distro: string | undefined
}

interface AskedProfile {
  readonly name: string
  readonly distro: string
  readonly provider: string
  /** It names machines, so a lab of any other profile has other machines. */
  readonly hasOwnMachines: boolean
}

/** A lab keeps what it was made with; asking for something else is an error, not a silent no. */
export const differenceOf = (known: AnyLab, asked: Asked): LabFault | undefined =>
  otherProfile(known, asked) ??
  otherMachines(known, asked) ??
  otherMesh(known, asked) ??
  otherSetup(known, asked) ??
  otherPlace(known, asked) ??
  otherTag(known, asked) ??
  otherExpiry(known, asked) ??
  otherSize(known, asked)

function otherProfile({ lab, profile, distro, provider }: AnyLab, asked: Asked): LabFault | undefined {
  if (asked.profile === undefined) return undefined
  const isSamePair = asked.profile.distro === distro && asked.profile.provider === provider
  if (isSamePair && !asked.profile.hasOwnMachines) return undefined
  return { code: 'lab-of-other-profile', lab, profile, asked: asked.profile.name }
}

/** A lab has its machines from its beginning; `swap` alone gives one another distro. */
function otherMachines(known: AnyLab, { machines: asked }: Asked): LabFault | undefined {
  if (asked === undefined) return undefined
  const isSame =
    asked.length === known.machines.length &&
    asked.every(({ name, distro }) =>
      known.machines.some((has) => has.name === name && (distro ?? has.distro) === has.distro),
    )
  if (isSame) return undefined
  const isSaid = asked.some(({ distro }) => distro !== undefined)
  const has = known.machines.map(({ name, distro }) => (isSaid ? `${name}:${distro}` : name))
  const wanted = asked.map(({ name, distro }) => (distro === undefined ? name : `${name}:${distro}`))
  return fixed(known, '--machines', has.join(','), wanted.join(','))
}

function otherMesh(known: AnyLab, { settings }: Asked): LabFault | undefined {
  const { mesh: has = MESH_NONE } = known
  if (settings.mesh === undefined || settings.mesh === has) return undefined
  return fixed(known, '--mesh', has, settings.mesh)
}

/** Until a lab has its baseline, a setup may be corrected. */
function otherSetup({ lab, state, distro, setup }: AnyLab, asked: Asked): LabFault | undefined {
  if (asked.setup?.machines === undefined || asked.setup.digest === setup?.digest) return undefined
  if (!HAS_BASELINE.has(state)) return undefined
  return { code: 'setup-changed', lab, distro, from: sourceOf(asked.setup) }
}

const HAS_BASELINE: ReadonlySet<AnyLab['state']> = new Set(['ready', 'in-use', 'resetting', 'reset-failed'])

const fixed = ({ lab }: AnyLab, setting: string, has: string, asked: string): LabFault => ({
  code: 'setting-fixed',
  lab,
  setting,
  has,
  asked,
})

function otherPlace(known: AnyLab, { settings, zone: asked }: Asked): LabFault | undefined {
  const { machines, region, zone = '', spot = false } = known
  const { diskGiB } = settings
  const other = machines.find(({ size }) => size.diskGiB !== diskGiB)
  if (diskGiB !== undefined && other !== undefined)
    return fixed(known, '--disk', String(other.size.diskGiB), String(diskGiB))
  if (settings.region !== undefined && !['auto', region].includes(settings.region))
    return fixed(known, '--region', region, settings.region)
  if (asked !== undefined && (zone === '' || zone !== asked.whole))
    return fixed(known, '--zone', zone === '' ? "the provider's choice" : zone, asked.typed)
  if (settings.spot !== undefined && settings.spot !== spot)
    return fixed(known, '--spot', String(spot), String(settings.spot))
  if (settings.network !== undefined && !isItsNetwork(known, settings.network))
    return fixed(known, '--network', networkNameOf(known), settings.network)
  return undefined
}

/** Those of the command line: what a configuration adds is for new labs. */
function otherTag(known: AnyLab, { settings }: Asked): LabFault | undefined {
  for (const [key, value] of Object.entries(settings.askedTags)) {
    const has = Object.hasOwn(known.tags, key) ? `${key}=${known.tags[key]}` : `no tag ${key}`
    if (has !== `${key}=${value}`) return fixed(known, '--tag', has, `${key}=${value}`)
  }
  return undefined
}

/** In milliseconds: a lab's expiry is counted from shortly before or after its record is written. */
const TTL_TOLERANCE = 60_000

/** A TTL that was typed is the one the lab was made with; `extend` alone gives it another. */
function otherExpiry(
  { lab, createdAt, expiresAt }: AnyLab,
  { settings: { askedTtl, ttl } }: Asked,
): LabFault | undefined {
  if (askedTtl === undefined) return undefined
  const has = expiresAt === null ? null : Date.parse(expiresAt) - Date.parse(createdAt)
  const isSame = has === null || ttl === null ? has === ttl : Math.abs(has - ttl) <= TTL_TOLERANCE
  return isSame ? undefined : { code: 'expiry-fixed', lab, expiresAt, asked: askedTtl }
}

/** The architecture is the lab's own, unless another one is asked for: a size has a type of each. */
function otherSize(known: AnyLab, { settings, architecture, instanceType }: Asked): LabFault | undefined {
  if (architecture?.has !== undefined && architecture.has !== architecture.asked)
    return fixed(known, '--arch', architecture.has, architecture.asked)
  const other = known.machines.find(({ size }) => size.instanceType !== instanceType)
  if (instanceType === undefined || other === undefined) return undefined
  return {
    code: 'size-fixed',
    lab: settings.name ?? known.lab,
    has: other.size.instanceType,
    asked: instanceType,
  }
}
