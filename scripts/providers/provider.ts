import type { AnyLab } from '../../backend/lab.js'
import type { LabFacts, Machine, MachineMake } from '../../backend/record-schema.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
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
  /** The smallest disk that holds it, if the image itself tells. */
  readonly minimumDiskGiB?: number
  /** What the user should know about the choice; it stays on the screen. */
  readonly remark?: string
}

/** The input of a lab's stack. */
export type SpecFacts = Pick<
  LabFacts,
  | 'lab'
  | 'incarnation'
  | 'profile'
  | 'provider'
  | 'region'
  | 'zone'
  | 'spot'
  | 'network'
  | 'tags'
  | 'machines'
  | 'sshKey'
  | 'authorizedKeys'
  | 'allowFrom'
  | 'createdAt'
  | 'expiresAt'
>

/** A machine as only its provider can plan it. */
export type PlannedMachine = Omit<Machine, keyof MachineMake>

/** What decides, in addition to the distro, which image a machine gets. */
export type ImageWish = Pick<LabFacts, 'region'> & Pick<Machine, 'size'>

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
 * Something that ends a lab by itself when it expires. `armed`: ready to, at the recorded time. `missing`:
 * the lab runs, but nothing that would end it existed when this command looked. `idle`: nothing of it runs.
 * `unknown`: this computer cannot tell.
 */
export interface Enforcer {
  readonly name: string
  readonly state: 'armed' | 'missing' | 'idle' | 'unknown'
}

/** In milliseconds: without output from the engine, and in total. */
export interface Patience {
  readonly quietMs: number
  readonly totalMs: number
}

/** What the provider still has of a lab, in words for people. */
export interface Remains {
  /** It carries the lab's marks. */
  readonly left: readonly string[]
  /** It has a name of the lab's, but not its marks. It belongs to someone else, and was left alone. */
  readonly foreign: readonly string[]
  /** What is left may go if the removal is repeated in a while: no permanent reason prevents it. */
  readonly mayPass: boolean
}

export interface StepControl {
  readonly signal: AbortSignal
  readonly detail: (text: string) => void
}

export interface MoveControl extends StepControl {
  /** Called if a machine had to be restarted for it and got another address. */
  readonly onAddress: (machine: string, address: string) => Promise<void>
}

/** `image`: a machine is recreated from its pinned image and configured by the steps of `up`. */
export type BaselineKind = 'snapshot' | 'image'

export type Baseline =
  | { readonly kind: 'image' }
  | {
      readonly kind: 'snapshot'
      /**
       * Takes the baseline of a running machine, unless it has one: after its guest has come to rest, or with
       * `ssh` immediately. The guest and its clock stand still meanwhile.
       */
      take(machine: Machine, wait: Exclude<Wait, 'none'>, step: StepControl): Promise<'taken' | 'kept'>
      /** Afterwards the machine runs in its state of that time, including its clock. */
      restore(spec: LabSpec, machine: string, step: StepControl): Promise<void>
      /**
       * Whether `restore` reported that there is nothing to go back to, so that only starting the machine is
       * left.
       */
      isLost(error: unknown): boolean
    }

/** Something that a cloud has made for a lab, and that OpenTofu never learned about. */
export interface Stray {
  /** In words. */
  readonly what: string
  /** The resource that declares it in the lab's stack. */
  readonly address: string
  /** The id for OpenTofu's `import`. */
  readonly importId: string
  /** The machine that it is. */
  readonly machine?: string | undefined
}

/** For a provider that can distinguish a halted guest from one that is still booting. */
export interface Revival {
  /** Why its kernel has panicked since its last start; undefined if it has not. Only looks. */
  panicOf(machine: Machine): Promise<string | undefined>
  /** Stops it and starts it again. */
  restart(spec: LabSpec, machine: Machine, step: StepControl): Promise<void>
}

/**
 * What the lifecycle needs from a provider beyond its stack. One implementation for each provider; nothing
 * outside it knows which provider a lab is on.
 */
export interface ProviderHooks {
  /** How long the engine may work at its machines before it counts as hanging. */
  readonly patience: Patience
  /** The provider's one mechanism for `reset`. */
  readonly baseline: Baseline
  readonly revival?: Revival
  /**
   * The local process that is the machine and holds its SSH port: whatever answers there is the machine
   * itself, whatever key it shows. Undefined if it does not run. Only looks.
   */
  processOf?(machine: Machine): Promise<number | undefined>
  /**
   * The only account whose machines these credentials show: AWS's account, Google's project, Azure's
   * subscription. Throws LabError like the account's check.
   */
  account?(signal: AbortSignal): Promise<string>
  /** Throws if something is missing without which `up` cannot succeed. Called before anything is recorded. */
  checkPrerequisites(context: Context): Promise<void>
  resolveSize(profile: Profile, choice: SizeWish): MachineSize
  /** The region of a new lab: the requested one, or the best. Throws if it is not suitable. */
  place(context: Context, profile: Profile, size: MachineSize, measuring: Measuring): Promise<Place>
  /** For a cloud: the user's network and the subnet to use in it. Throws LabError network-unfit. */
  findNetwork?(question: NetworkQuestion): Promise<ExistingNetwork>
  /**
   * The networks that may reach SSH, according to the settings; undefined if nothing is opened. Throws
   * LabError caller-unknown.
   */
  allowFrom(context: Context, measuring: Measuring): Promise<readonly string[] | undefined>
  /** Machines of a new lab, with everything that is known before they exist. */
  planMachines(
    context: Context,
    lab: string,
    names: readonly string[],
    profile: Profile,
  ): Promise<PlannedMachine[]>
  /**
   * The machines of a lab that is made from another profile: names, ids and everything else a user relies on
   * stay.
   */
  swapMachines(machines: readonly Machine[], profile: Profile): Machine[]
  /** Prepares the image and pins it. `pinned`: the image the machine already has. */
  prepareImage(
    context: Context,
    profile: Profile,
    wish: ImageWish,
    pinned: string | undefined,
    step: StepControl,
  ): Promise<PreparedImage>
  /**
   * `anew`: the machines that will be made, whether or not they exist; the others stay as they are. Throws CatalogError
   * for a distro or size that is no longer in the catalog.
   */
  buildSpec(context: Context, lab: SpecFacts, catalog: Catalog, anew: readonly string[]): LabSpec
  presence(lab: Pick<LabFacts, 'lab' | 'region'>, machine: Machine): Promise<Presence>
  /**
   * For a provider where this costs almost nothing: what a machine is doing right now. Only looks, for at
   * most a second. The caller knows that the lab is on this computer.
   */
  power?(machine: Machine): Promise<Power>
  /**
   * For a provider whose machine can stand still with its guest in memory: resumes it, or powers it off if it
   * cannot resume. Throws the reason why it cannot.
   */
  wake?(machine: Machine, step: StepControl): Promise<void>
  /** Engine address of what must be made again if a machine is absent. */
  replaceAddress(machine: string): string
  /** The provider's enforcers, for a lab that has a TTL. Only looks. */
  enforcers(context: Context, lab: AnyLab): Promise<readonly Enforcer[]>
  /**
   * For a provider whose enforcer is a process of this computer: starts a missing one. Every command that
   * sees the lab calls it, so it is quick, needs no lease, and never makes a command fail.
   */
  rearm?(context: Context, lab: AnyLab): Promise<void>
  /** Makes the provider's own enforcers use `lab.expiresAt`; a lab without machines has none. */
  moveExpiry(context: Context, lab: AnyLab, step: MoveControl): Promise<void>
  /** Starts a stopped machine. Returns its address if it changed. */
  start(spec: LabSpec, machine: string, step: StepControl): Promise<string | undefined>
  /**
   * For a provider where the engine could only start a program that does what we can do ourselves to remove a
   * machine. Called once the engine has forgotten the machine.
   */
  removeMachine?(machine: Machine, step: StepControl): Promise<void>
  /**
   * For a cloud: the objects of a state that belong to someone else. Things that no longer exist belong to no
   * one.
   */
  strangersAmong?(
    context: Context,
    lab: AnyLab,
    objects: readonly StateObject[],
    signal: AbortSignal,
  ): Promise<readonly StateObject[]>
  /**
   * For a cloud: things that carry the lab's marks, match a resource of its stack, and are not among these
   * objects of a state. Only looks.
   */
  straysBeside?(
    context: Context,
    lab: AnyLab,
    objects: readonly StateObject[],
    signal: AbortSignal,
  ): Promise<readonly Stray[]>
  /** Removes what the engine did not, and returns what still exists. */
  removeLeftovers(context: Context, lab: AnyLab, step: StepControl): Promise<Remains>
  /** The end of a machine's console; empty if there is none. */
  consoleTail(lab: AnyLab, machine: Machine): Promise<string>
}

/** Whether this version supports labs of that provider. */
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
