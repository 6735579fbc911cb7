import type { CommonSpec } from './spec.js'

/** The input of the stacks of all clouds. Values only: a stack looks nothing up and reads no clock. */
export interface CloudSpec extends CommonSpec {
  /** The start of all names, as `labId` returns it. */
  readonly id: string
  readonly region: string
  /** One zone of the region; null leaves the choice to the provider. */
  readonly zone: string | null
  /** The networks that may reach SSH, in CIDR form. None: SSH is closed. */
  readonly allowFrom: readonly string[]
  /** One line of authorized_keys form. */
  readonly publicKey: string
  /** The lab's key, and those of everyone else who may log in. */
  readonly publicKeys: readonly string[]
  /** Put on everything that can have tags or labels. */
  readonly tags: Readonly<Record<string, string>>
  readonly lifetime: Lifetime | null
  /** Cheaper machines, which the provider takes away when it needs them. */
  readonly spot: boolean
  readonly network: NetworkChoice
  /** A provider version other than the one the classes were made for; null: that one. */
  readonly providerVersion: string | null
  readonly machines: readonly CloudMachine[]
}

/**
 * `own`: a network for this lab alone; `default`: the account's, where that is faster and equally closed.
 * Otherwise an existing network, which is neither changed nor removed.
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
  readonly instanceType: string
  /** GiB; its root disk has this size or that of its image, whichever is larger. */
  readonly diskGiB: number
  /** cloud-init's user data in the provider's form (Azure: base64); null for images that do not read any. */
  readonly userData: string | null
  /** The machine is recreated, so its new user data counts; a machine that stays keeps its old user data. */
  readonly isNew: boolean
}

/**
 * How long the machines may live. Both values are decided when the lab is made, so that the same lab gives
 * the same files.
 */
export interface Lifetime {
  /** RFC 3339, UTC. */
  readonly expiresAt: string
  /** `expiresAt` in seconds since 1970. */
  readonly epoch: number
  /** From when the lab was made to `expiresAt`. */
  readonly seconds: number
}

/** The newest image that a selector finds when the machine is made, or the one that was found then. */
export type CloudImage<Selector> =
  { readonly kind: 'newest'; readonly selector: Selector } | { readonly kind: 'pinned'; readonly id: string }
