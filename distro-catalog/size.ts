import { hasOffers, isCloud } from './cloud.js'
import { CatalogError } from './errors.js'
import { nearNames } from './near-names.js'
import type { Architecture } from './offer-schema.js'
import type { CloudProvider, LocalProvider, Provider } from './provider.js'

export interface SizeChoice {
  /** The name of a size; the provider's default size when absent. */
  readonly size?: string | undefined
  /** Replaces the size's CPUs and memory; the disk stays the size's. */
  readonly instanceType?: string | undefined
  /**
   * Which of a cloud's types of that size; x86_64 if absent. A local machine ignores it and is like its host.
   */
  readonly architecture?: Architecture | undefined
  /** Replaces the size's disk. */
  readonly diskGiB?: number | undefined
  /** The smallest disk that holds the distro's image; the disk is never smaller. */
  readonly minimumDiskGiB?: number | undefined
}

export interface MachineSize {
  readonly instanceType: string
  readonly vcpus: number
  readonly memoryMiB: number
  readonly diskGiB: number
}

/** @throws CatalogError `size-unknown`, `instance-type-invalid` or `disk-too-small`. */
export function resolveSize(provider: Provider, choice: SizeChoice = {}): MachineSize {
  if (!hasOffers(provider)) throw new TypeError(`${provider.name} has no sizes`)
  const given = choice.size ?? provider.defaultSize
  if (!Object.hasOwn(provider.sizes, given)) {
    throw new CatalogError({ code: 'size-unknown', given, known: Object.keys(provider.sizes) })
  }
  const resolved = isCloud(provider)
    ? resolveCloudSize(provider, given, choice)
    : resolveLocalSize(provider, given, choice)
  const { diskGiB: asked, minimumDiskGiB = 0 } = choice
  assertDiskHolds(asked, minimumDiskGiB)
  return { ...resolved, diskGiB: asked ?? Math.max(resolved.diskGiB, minimumDiskGiB) }
}

/** A requested disk size is never silently changed. @throws CatalogError `disk-too-small`. */
export function assertDiskHolds(askedGiB: number | undefined, minimumGiB: number): void {
  if (askedGiB !== undefined && askedGiB < minimumGiB)
    throw new CatalogError({ code: 'disk-too-small', askedGiB, minimumGiB })
}

/** The architecture of an instance type of a cloud. @throws CatalogError `instance-type-invalid`. */
export const architectureOf = (provider: CloudProvider, instanceType: string): Architecture =>
  findInstanceType(provider, instanceType).architecture

/** @throws CatalogError `instance-type-invalid` with the known types. */
export function findInstanceType(
  provider: CloudProvider,
  given: string,
): CloudProvider['instanceTypes'][string] {
  const type = Object.hasOwn(provider.instanceTypes, given) ? provider.instanceTypes[given] : undefined
  if (type !== undefined) return type
  const known = Object.keys(provider.instanceTypes)
  const near = nearNames(given, known)
  const expected = near.length > 0 ? near.join(' or ') : `one of ${known.join(', ')}`
  throw new CatalogError({ code: 'instance-type-invalid', given, expected })
}

function resolveCloudSize(provider: CloudProvider, sizeName: string, choice: SizeChoice): MachineSize {
  const size = provider.sizes[sizeName]
  if (size === undefined) throw new TypeError(`no size ${sizeName}`)
  const instanceType = choice.instanceType ?? size.types[choice.architecture ?? 'x86_64']
  const { architecture, vcpus, memoryMiB } = findInstanceType(provider, instanceType)
  if (choice.architecture !== undefined && choice.architecture !== architecture) {
    const expected = `a type of ${choice.architecture} (${instanceType} is ${architecture})`
    throw new CatalogError({ code: 'instance-type-invalid', given: instanceType, expected })
  }
  return { instanceType, vcpus, memoryMiB, diskGiB: size.diskGiB }
}

function resolveLocalSize(provider: LocalProvider, sizeName: string, choice: SizeChoice): MachineSize {
  const size = provider.sizes[sizeName]
  if (size === undefined) throw new TypeError(`no size ${sizeName}`)
  const { vcpus, memoryMiB } =
    choice.instanceType === undefined ? size : parseMeasuredType(provider, choice.instanceType)
  return { instanceType: `${vcpus}x${memoryMiB}`, vcpus, memoryMiB, diskGiB: size.diskGiB }
}

function parseMeasuredType(provider: LocalProvider, given: string): { vcpus: number; memoryMiB: number } {
  const { pattern, example, vcpus, memoryMiB } = provider.instanceType
  const parts = /^([0-9]{1,9})x([0-9]{1,9})$/.exec(given)
  const asked = { vcpus: Number(parts?.[1]), memoryMiB: Number(parts?.[2]) }
  const within = (value: number, bounds: { minimum: number; maximum: number }): boolean =>
    value >= bounds.minimum && value <= bounds.maximum
  if (within(asked.vcpus, vcpus) && within(asked.memoryMiB, memoryMiB)) return asked
  const expected =
    `${pattern} such as ${example}, with ${vcpus.minimum} to ${vcpus.maximum} vCPUs ` +
    `and ${memoryMiB.minimum} to ${memoryMiB.maximum} MiB`
  throw new CatalogError({ code: 'instance-type-invalid', given, expected })
}
