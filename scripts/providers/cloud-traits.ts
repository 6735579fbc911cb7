import type { CloudWords } from './cloud-words.js'
import type { Refusals } from './refusal-row.js'

/** How one cloud differs from the others, as far as that is known without asking it. Only data, which loads no client. */
export interface CloudTraits {
  /** Its provider's name in OpenTofu's registry; every type of resource begins with it. */
  readonly registryName: string
  /** The kind of backend that its buckets are. */
  readonly bucket?: 's3' | 'gcs'
  /** The type of resource for a machine, as its stacks declare it: one for each machine, with its name. */
  readonly machineType: string
  readonly networks: NetworkNames
  readonly tags: TagRule
  readonly zones: (region: string) => ZoneNames
  readonly refusals: Refusals
  readonly words: CloudWords
}

/** How it names a user's network, and a subnet in it. */
export interface NetworkNames {
  readonly pattern: RegExp
  readonly expected: string
  /** Its networks are in all regions, but its subnets are not; the look-up finds that out. */
  readonly isGlobal: boolean
  /** The account has a default network. */
  readonly hasDefault: boolean
}

/** What it allows beyond a record's rules, and what it reserves. */
export interface TagRule {
  /** Undefined: everything that a record accepts. */
  readonly key?: RegExp
  readonly value?: RegExp
  readonly expected: string
  /** In addition to our own. */
  readonly most: number
}

/** How it names the zones of a region. Only the cloud itself knows which exist, and they differ between accounts. */
export interface ZoneNames {
  readonly example: string
  /** The start of whole names; empty if they do not name the region. */
  readonly prefix: string
  /** What may be given instead of a whole name. */
  readonly short: RegExp
}
