import { CatalogError } from './errors.js'
import type { Provider } from './provider.js'

export interface SizeChoice {
  /** The name of a size; the provider's default size when absent. */
  readonly size?: string | undefined
  /** Replaces the size's CPUs and memory; the disk stays the size's. */
  readonly instanceType?: string | undefined
  /** The smallest disk that holds the distro's image; the disk is never smaller. */
  readonly minimumDiskGiB?: number | undefined
}

export interface MachineSize {
  readonly instanceType: string
  readonly vcpus: number
  readonly memoryMiB: number
  readonly diskGiB: number
}

/** @throws CatalogError `size-unknown` or `instance-type-invalid`. */
export function resolveSize(provider: Provider, choice: SizeChoice = {}): MachineSize {
  const given = choice.size ?? provider.defaultSize
  const size = Object.hasOwn(provider.sizes, given) ? provider.sizes[given] : undefined
  if (size === undefined) {
    throw new CatalogError({ code: 'size-unknown', given, known: Object.keys(provider.sizes) })
  }
  const { vcpus, memoryMiB } =
    choice.instanceType === undefined ? size : parseInstanceType(provider, choice.instanceType)
  const diskGiB = Math.max(size.diskGiB, choice.minimumDiskGiB ?? 0)
  return { instanceType: `${vcpus}x${memoryMiB}`, vcpus, memoryMiB, diskGiB }
}

function parseInstanceType(provider: Provider, given: string): { vcpus: number; memoryMiB: number } {
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
