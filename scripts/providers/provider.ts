import type { AnyLab } from '../../backend/lab.js'
import type { LabFacts, Machine } from '../../backend/record-schema.js'
import type { Architecture } from '../../distro-catalog/offer-schema.js'
import type { Profile } from '../../distro-catalog/profile.js'
import type { MachineSize } from '../../distro-catalog/size.js'
import type { ExistingNetwork } from '../../stacks/cloud-spec.js'
import type { Power } from '../../local-vm/qemu/power.js'
import type { LabSpec } from '../../stacks/spec.js'
import type { NetworkQuestion } from './network-question.js'
import type { Context } from '../context.js'
import type { StateObject } from '../engine/state-objects.js'
import { LabError } from '../errors.js'
import type { Measuring } from '../regions/rank.js'
import type { Wait } from '../settings.js'

export interface ResolvedImage {
  readonly id: string
  readonly kind: string
  readonly source: string
}

export interface PreparedImage {
  readonly image: ResolvedImage
  /** The smallest disk that holds it, where it says so itself. */
  readonly minimumDiskGiB?: number
  /** What the user should know about the choice; it stays on the screen. */
  readonly remark?: string
}

/** What a lab's stack is made from. */
export type SpecFacts = Pick<
  LabFacts,
  | 'lab'
  | 'incarnation'
  | 'profile'
  | 'region'
  | 'zone'
  | 'spot'
  | 'network'
  | 'tags'
  | 'image'
  | 'size'
  | 'machines'
  | 'sshKey'
  | 'authorizedKeys'
  | 'allowFrom'
  | 'createdAt'
  | 'expiresAt'
>

/** What decides, beside the distro, which image a lab gets. */
export type ImageWish = Pick<LabFacts, 'region' | 'size'>

/** Where a new lab's machines will be. */
export interface Place {
  readonly region: string
  /** Undefined: the provider chooses, or has none. */
  readonly zone?: string | undefined
  readonly spot?: boolean | undefined
  /** List price of one machine. */
  readonly costPerHourUsd: number
}

export interface SizeWish {
  readonly size?: string | undefined
  readonly instanceType?: string | undefined
  readonly architecture?: Architecture | undefined
  readonly diskGiB?: number | undefined
}

/** `partial`: traces of a machine that was never finished. */
export type Presence = 'absent' | 'partial' | 'stopped' | 'running'

/**
 * Something that ends a lab by itself when its time is over. `armed`: ready to, at the recorded time. `missing`: the
 * lab runs, and nothing was there to end it when this command looked. `idle`: nothing of it runs. `unknown`: this computer can't tell.
 */
export interface Enforcer {
  readonly name: string
  readonly state: 'armed' | 'missing' | 'idle' | 'unknown'
}

/** In milliseconds: without a word of the engine, and in all. */
export interface Patience {
  readonly quietMs: number
  readonly totalMs: number
}

/** What the provider still has of a lab, in words for people. */
export interface Remains {
  /** It carries the lab's marks. */
  readonly left: readonly string[]
  /** It has a name of the lab's, and not its marks: somebody else's, which was left alone. */
  readonly foreign: readonly string[]
  /** What is left may go if it is asked for again in a while: nothing speaks against it that lasts. */
  readonly mayPass: boolean
}

export interface StepControl {
  readonly signal: AbortSignal
  readonly detail: (text: string) => void
}

export interface MoveControl extends StepControl {
  /** Told when a machine had to be restarted for it and has another address since. */
  readonly onAddress: (machine: string, address: string) => Promise<void>
}

/** `image`: a machine is made anew from its pinned image and configured by the steps of `up`. */
export type BaselineKind = 'snapshot' | 'image'

export type Baseline =
  | { readonly kind: 'image' }
  | {
      readonly kind: 'snapshot'
      /**
       * Takes it of a running machine, unless there is one: once its guest has come to rest, or with `ssh` at once.
       * The guest stands still meanwhile, and so does its clock.
       */
      take(machine: Machine, wait: Exclude<Wait, 'none'>, step: StepControl): Promise<'taken' | 'kept'>
      /** The machine runs afterwards, as it was then; its clock too. */
      restore(spec: LabSpec, machine: string, step: StepControl): Promise<void>
      /** Whether `restore` said that there is nothing to go back to, so that only a start of the machine is left. */
      isLost(error: unknown): boolean
    }

/** Something that a cloud has made for a lab, of which OpenTofu never learned. */
export interface Stray {
  /** In words. */
  readonly what: string
  /** Of the resource that the lab's stack declares it as. */
  readonly address: string
  /** By what OpenTofu's `import` finds it. */
  readonly importId: string
  /** The machine that it is. */
  readonly machine?: string | undefined
}

/** Of a provider that can tell a guest that stands still for good from one that still boots. */
export interface Revival {
  /** Why its kernel has panicked since its last start; undefined while it has not. Only looks. */
  panicOf(machine: Machine): Promise<string | undefined>
  /** Stops it and starts it again. */
  restart(spec: LabSpec, machine: Machine, step: StepControl): Promise<void>
}

/**
 * What the lifecycle asks of a provider beyond its stack. One implementation a provider; nothing outside it
 * knows which provider a lab is on.
 */
export interface ProviderHooks {
  /** How long the engine may work at its machines before it is taken for one that hangs. */
  readonly patience: Patience
  /** The provider's one mechanism for `reset`. */
  readonly baseline: Baseline
  readonly revival?: Revival
  /**
   * The process of this computer that is the machine and holds the port of its SSH: whoever answers there is the machine
   * itself, whatever key it shows. Undefined where it does not run. Only looks.
   */
  processOf?(machine: Machine): Promise<number | undefined>
  /**
   * The account whose machines the credentials here show, and no others: AWS's account, Google's project, Azure's subscription.
   * Throws LabError as the account's check does.
   */
  account?(signal: AbortSignal): Promise<string>
  /** Throws when something is missing without which `up` can't succeed. Before anything is recorded. */
  checkPrerequisites(context: Context): Promise<void>
  resolveSize(profile: Profile, choice: SizeWish): MachineSize
  /** The region of a new lab: the one that was asked for, or the best. Throws if it will not do. */
  place(context: Context, profile: Profile, size: MachineSize, measuring: Measuring): Promise<Place>
  /** Of a cloud: the network of the user's that is meant, and the subnet to take in it. Throws LabError network-unfit. */
  findNetwork?(question: NetworkQuestion): Promise<ExistingNetwork>
  /** The networks that will reach SSH, as settings say; undefined where nothing is opened. Throws LabError caller-unknown. */
  allowFrom(context: Context, measuring: Measuring): Promise<readonly string[] | undefined>
  /** Machines of a new lab, with all that is known before they exist. */
  planMachines(context: Context, lab: string, names: readonly string[], profile: Profile): Promise<Machine[]>
  /** The machines of a lab that is made from another profile: names, ids and what else a user holds on to stay. */
  swapMachines(machines: readonly Machine[], profile: Profile): Machine[]
  /** Makes the image ready to be used and pins it. `pinned`: the image the lab has already. */
  prepareImage(
    context: Context,
    profile: Profile,
    lab: ImageWish,
    pinned: string | undefined,
    step: StepControl,
  ): Promise<PreparedImage>
  /** `anew`: the machines that will be made, whether or not they are there; the others stay as they are. */
  buildSpec(context: Context, lab: SpecFacts, profile: Profile, anew: readonly string[]): LabSpec
  presence(lab: Pick<LabFacts, 'lab' | 'region'>, machine: Machine): Promise<Presence>
  /**
   * Of a provider where that costs next to nothing: what a machine does right now. Only looks, and takes a second at most. The
   * caller knows that the lab is on this computer.
   */
  power?(machine: Machine): Promise<Power>
  /**
   * Of a provider whose machine can stand still with its guest in memory: lets it go on, or powers it off where it cannot.
   * Throws what keeps it from going on.
   */
  wake?(machine: Machine, step: StepControl): Promise<void>
  /** Engine address of what must be made again when a machine is absent. */
  replaceAddress(machine: string): string
  /** Those that the provider has, for a lab that has a TTL. Only looks. */
  enforcers(context: Context, lab: AnyLab): Promise<readonly Enforcer[]>
  /**
   * Of a provider whose enforcer is a process of this computer: it starts one that is missing. Every command that sees the
   * lab calls it, so it is quick, needs no lease, and fails none of them.
   */
  rearm?(context: Context, lab: AnyLab): Promise<void>
  /** From now on the provider's own enforcers go by `lab.expiresAt`; a lab without machines has none. */
  moveExpiry(context: Context, lab: AnyLab, step: MoveControl): Promise<void>
  /** Powers a stopped machine on. Returns its address where that is another one from then on. */
  start(spec: LabSpec, machine: string, step: StepControl): Promise<string | undefined>
  /**
   * Of a provider where the engine, to remove a machine, could only start a program that does what we can do ourselves.
   * Called once the engine has forgotten it.
   */
  removeMachine?(machine: Machine, step: StepControl): Promise<void>
  /** Of a cloud: those of these objects of a state that are somebody else's. What is not there any more is nobody's. */
  strangersAmong?(
    context: Context,
    lab: AnyLab,
    objects: readonly StateObject[],
    signal: AbortSignal,
  ): Promise<readonly StateObject[]>
  /**
   * Of a cloud: what carries the marks of the lab, where its stack declares such a thing, and is none of these objects of a
   * state. Only looks.
   */
  straysBeside?(
    context: Context,
    lab: AnyLab,
    objects: readonly StateObject[],
    signal: AbortSignal,
  ): Promise<readonly Stray[]>
  /** Removes what the engine did not, and returns what is still there. */
  removeLeftovers(context: Context, lab: AnyLab, step: StepControl): Promise<Remains>
  /** The end of a machine's console; empty where there is none. */
  consoleTail(lab: AnyLab, machine: Machine): Promise<string>
}

/** Whether this version can do anything for a lab of that provider. */
export const isSupported = (provider: string): boolean => SUPPORTED.has(provider)

const SUPPORTED: ReadonlySet<string> = new Set(['local', 'aws', 'azure', 'google'])

/** Loads a provider's hooks; a provider's code costs nothing until it is used. */
export async function hooksOf(provider: string): Promise<ProviderHooks> {
  if (provider === 'local') return (await import('./local/provider.js')).localHooks
  if (provider === 'aws') return (await import('./aws/provider.js')).awsHooks
  if (provider === 'azure') return (await import('./azure/provider.js')).azureHooks
  if (provider === 'google') return (await import('./google/provider.js')).googleHooks
  throw new LabError({ code: 'usage', problem: `The provider ${provider} is not part of this version.` })
}
