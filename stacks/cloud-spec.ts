import type { CommonSpec } from './spec.js'

/** What the stacks of all clouds are made from. Values only: nothing is looked up, and no clock is read. */
export interface CloudSpec extends CommonSpec {
  /** The start of all names, as from `labId`. */
  readonly id: string
  readonly region: string
  /** One zone of the region; null leaves the choice to the provider. */
  readonly zone: string | null
  readonly instanceType: string
  /** GiB; a machine's root disk is this large or as large as its image, whichever is more. */
  readonly diskGiB: number
  /** Networks in CIDR form that reach SSH. None: SSH is closed. */
  readonly allowFrom: readonly string[]
  /** One line of authorized_keys form. */
  readonly publicKey: string
  /** That one, and those of everybody else who gets in. */
  readonly publicKeys: readonly string[]
  /** On everything that can have tags or labels. */
  readonly tags: Readonly<Record<string, string>>
  readonly lifetime: Lifetime | null
  /** Cheaper, and taken away when the provider needs it. */
  readonly spot: boolean
  readonly network: NetworkChoice
  /** Another version of the provider than the one the classes were made for; null: that one. */
  readonly providerVersion: string | null
  readonly machines: readonly CloudMachine[]
}

/**
 * `own`: a network for this lab alone; `default`: the account's, where that is faster and as closed. Else one that exists,
 * and is neither changed nor removed.
 */
export type NetworkChoice = 'default' | 'own' | ExistingNetwork

/** By id (AWS, Azure) or name (Google). */
export interface ExistingNetwork {
  readonly id: string
  readonly subnet: string
}

export interface CloudMachine {
  /** `main`, `source`, … : the machine's name within the lab. */
  readonly name: string
  readonly hostname: string
  readonly user: string
  /** cloud-init's user data as the provider takes it (Azure: in base64); null for images that do not read any. */
  readonly userData: string | null
  /** It is made anew, so that its user data counts; one that stays keeps what it was made with. */
  readonly isNew: boolean
}

/** How long the machines may live. Both are decided when the lab is made, so that the same lab gives the same files. */
export interface Lifetime {
  /** RFC 3339, UTC. */
  readonly expiresAt: string
  /** The same in seconds since 1970. */
  readonly epoch: number
  /** From the lab's making to `expiresAt`. */
  readonly seconds: number
}

/** The newest image that a selector finds when the machine is made, or the one that was found then. */
export type CloudImage<Selector> =
  { readonly kind: 'newest'; readonly selector: Selector } | { readonly kind: 'pinned'; readonly id: string }
