import type { Writable } from 'node:stream'
import type { AnyLab } from '../../backend/lab.js'
import type { LabFacts, Machine, MachineMake } from '../../backend/record-schema.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
import type { Architecture } from '../../distro-catalog/offer-schema.js'
import type { Profile } from '../../distro-catalog/profile.js'
import type { MachineSize } from '../../distro-catalog/size.js'
import type { ExistingNetwork } from '../../stacks/cloud-spec.js'
import type { Pair } from '../../local-vm/network/pairs.js'
import type { Power } from '../../local-vm/qemu/power.js'
import type { LabSpec } from '../../stacks/registry.js'
import type { NetworkQuestion } from './network-question.js'
import type { Context } from '../context.js'
import type { StateObject } from '../engine/state-objects.js'
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

/** A machine of a new lab. */
export interface WishedMachine {
  readonly name: string
  /** The lab's, with the machine's own distro. */
  readonly profile: Profile
}

/** What decides, in addition to the distro, which image a machine gets. */
export type ImageWish = Pick<LabFacts, 'region'> & Pick<Machine, 'size'>

/** Where a new lab's machines will be. */
export interface Place {
  readonly region: string
  /** Undefined: the provider chooses, or has none. */
  readonly zone?: string | undefined
  readonly spot?: boolean | undefined
  /** List price of one machine, or in a lab's draft of all. */
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

/** What its provider knows of a machine that it has made. */
export interface Made {
  /** The host key that the machine was given; undefined if it makes its own. */
  readonly hostKey?: string | undefined
  /** What the user should know about it; it stays on the screen. */
  readonly remark?: string | undefined
}

export interface MoveControl extends StepControl {
  /** Called if a machine had to be restarted for it and got another address. */
  readonly onAddress: (machine: string, address: string) => Promise<void>
  /** Makes the timer in a running machine use `lab.expiresAt`. Throws the reason why it cannot. */
  readonly setTimer: (machine: Machine, step: StepControl) => Promise<void>
}

/** `image`: a machine is recreated from its pinned image and configured by the steps of `up`. */
export type BaselineKind = 'snapshot' | 'image'

export type Baseline<Spec> =
  | { readonly kind: 'image' }
  | {
      readonly kind: 'snapshot'
      /**
       * Takes the baseline of a running machine, unless it has one: after its guest has come to rest, or with
       * `ssh` immediately. The guest and its clock stand still meanwhile.
       */
      take(machine: Machine, wait: Exclude<Wait, 'none'>, step: StepControl): Promise<'taken' | 'kept'>
      /**
       * Afterwards the machines run in their state of that time, including its clock. None of them runs before all of
       * them are there.
       */
      restore(spec: Spec, machines: readonly string[], step: StepControl): Promise<void>
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
export interface Revival<Spec> {
  /** Why its kernel has panicked since its last start; undefined if it has not. Only looks. */
  panicOf(machine: Machine): Promise<string | undefined>
  /** Stops it and starts it again. */
  restart(spec: Spec, machine: Machine, step: StepControl): Promise<void>
}

/**
 * For a provider whose machines are processes of this computer, where looking costs almost nothing. Except for `rearm`, the
 * caller knows that the lab is on this computer.
 */
export interface MachinesHere {
  /**
   * The local process that is the machine and holds its SSH port: whatever answers there is the machine
   * itself, whatever key it shows. Undefined if it does not run. Only looks.
   */
  processOf(machine: Machine): Promise<number | undefined>
  /** What a machine is doing right now. Only looks, for at most a second. */
  power(machine: Machine): Promise<Power>
  /**
   * Resumes a machine that stands still with its guest in memory, or powers it off if it cannot resume.
   * Throws the reason why it cannot.
   */
  wake(machine: Machine, step: StepControl): Promise<void>
  /**
   * Starts a missing process that enforces the lab's expiry. Every command that sees the lab calls it, so it
   * is quick, needs no lease, and never makes a command fail.
   */
  rearm(context: Context, lab: AnyLab): Promise<void>
  /**
   * Removes a machine that the engine could only remove by starting a program that does what we can do
   * ourselves. Called once the engine has forgotten the machine.
   */
  remove(machine: Machine, step: StepControl): Promise<void>
}

export interface CaptureWish {
  /** Only what this machine sends and receives; undefined: the traffic of all machines. */
  readonly machine: string | undefined
  readonly maxBytes: number
}

/** For a provider whose labs of several machines have a private network that this program switches itself. */
export interface PrivateNetwork {
  /** Whether this lab has one: a lab of one machine does not. */
  has(lab: Pick<LabFacts, 'machines'>): boolean
  /** The pairs of machines that are separated. Only looks. */
  broken(lab: AnyLab): Promise<readonly Pair[]>
  /** Lets these two machines no longer reach each other. Returns all pairs that are separated then. */
  sever(lab: AnyLab, pair: Pair): Promise<readonly Pair[]>
  /** Connects these two machines again. Returns the pairs that are still separated. */
  heal(lab: AnyLab, pairs: readonly Pair[]): Promise<readonly Pair[]>
  /**
   * Writes the traffic to `sink`, in the format of libpcap. `full`: it ended at the size; `enough`: because
   * that was aborted; `lost`: the network stopped working.
   */
  capture(
    lab: AnyLab,
    wish: CaptureWish,
    sink: Writable,
    enough: AbortSignal,
  ): Promise<'full' | 'enough' | 'lost'>
}

/** For a provider that can stop a machine and keep its disk, so that `start` brings it back as it was. */
export interface Stopping {
  /** What a stopped machine still costs, in a sentence. */
  readonly bill: string
  /** Why the machines of this lab cannot be stopped, in words. */
  refusal(lab: AnyLab): string | undefined
  /** Shuts a running machine down, and waits until it is off. */
  stop(lab: AnyLab, machine: Machine, step: StepControl): Promise<void>
}

/** For a provider whose machines write their serial console to this computer. */
export interface LiveConsole {
  /**
   * What a machine wrote last and writes until `over`, as it wrote it; `absent` for each look at a machine that has
   * no console. A reset or a restart does not end it.
   */
  follow(machine: Machine, over: AbortSignal): AsyncIterable<Buffer | 'absent'>
}

/** For a provider that ends an expired lab by itself. */
export interface Expiry {
  /** The provider's enforcers, for a lab that has a TTL. Only looks. */
  enforcers(context: Context, lab: AnyLab): Promise<readonly Enforcer[]>
  /** Makes the provider's own enforcers use `lab.expiresAt`; a lab without machines has none. */
  move(context: Context, lab: AnyLab, step: MoveControl): Promise<void>
}

/** For a cloud: its machines are in a network, and SSH is opened to networks. */
export interface Networks {
  /** The networks that may reach SSH, according to the settings. Throws LabError caller-unknown. */
  allowFrom(context: Context, measuring: Measuring): Promise<readonly string[]>
  /** The user's network and the subnet to use in it. Throws LabError network-unfit. */
  find(question: NetworkQuestion): Promise<ExistingNetwork>
}

/** For a cloud: the objects of a lab carry its marks and are listed by them. */
export interface CloudObjects {
  /** The objects of a state that belong to someone else. Things that no longer exist belong to no one. */
  strangersAmong(
    context: Context,
    lab: AnyLab,
    objects: readonly StateObject[],
    signal: AbortSignal,
  ): Promise<readonly StateObject[]>
  /**
   * Things that carry the lab's marks, match a resource of its stack, and are not among these objects of a
   * state. Only looks.
   */
  straysBeside(
    context: Context,
    lab: AnyLab,
    objects: readonly StateObject[],
    signal: AbortSignal,
  ): Promise<readonly Stray[]>
}

/** For a provider whose labs make their machines, and remove them. */
export interface Maker<Spec> {
  /** The provider's one mechanism for `reset`. */
  readonly baseline: Baseline<Spec>
  /** Throws if something is missing without which `up` cannot succeed. Called before anything is recorded. */
  checkPrerequisites(context: Context): Promise<void>
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
  presence(lab: Pick<LabFacts, 'lab' | 'region'>, machine: Machine): Promise<Presence>
  /** Engine address of what must be made again if a machine is absent. */
  replaceAddress(machine: string): string
  /** The same for a machine that is there, and is to lose its disk. */
  remakeAddress(machine: string): string
  /** For a provider that gives machines their host keys: they are pinned before first contact. Only looks. */
  made?(machine: Machine): Promise<Made>
  /** Starts a stopped machine. Returns its address if it changed. */
  start(spec: Spec, machine: string, step: StepControl): Promise<string | undefined>
  /** Removes what the engine did not, and returns what still exists. */
  removeLeftovers(context: Context, lab: AnyLab, step: StepControl): Promise<Remains>
  /** The end of a machine's console; empty if there is none. */
  consoleTail(lab: AnyLab, machine: Machine): Promise<string>
}

/**
 * What the lifecycle needs from a provider beyond its stack. One implementation for each provider; nothing
 * outside it knows which provider a lab is on. Something that a provider cannot do is a capability that it does
 * not have: without `Maker`, its machines exist before a lab and after it. `Spec`: the input of its stack.
 */
export interface Provider<Spec extends LabSpec = LabSpec> extends Partial<Maker<Spec>> {
  /** How long the engine may work at its machines before it counts as hanging. */
  readonly patience: Patience
  readonly revival?: Revival<Spec>
  readonly here?: MachinesHere
  readonly expiry?: Expiry
  readonly network?: PrivateNetwork
  readonly stopping?: Stopping
  readonly console?: LiveConsole
  readonly networks?: Networks
  readonly objects?: CloudObjects
  /**
   * The only account whose machines these credentials show: AWS's account, Google's project, Azure's
   * subscription. Throws LabError like the account's check.
   */
  account?(signal: AbortSignal): Promise<string>
  resolveSize(profile: Profile, choice: SizeWish): MachineSize
  /** The region of a new lab: the requested one, or the best. Throws if it is not suitable. */
  place(context: Context, profile: Profile, size: MachineSize, measuring: Measuring): Promise<Place>
  /** Machines of a new lab in the same order, with everything that is known before they exist. */
  planMachines(context: Context, lab: string, machines: readonly WishedMachine[]): Promise<PlannedMachine[]>
  /**
   * `anew`: the machines that will be made, whether or not they exist; the others stay as they are. Throws CatalogError
   * for a distro or size that is no longer in the catalog.
   */
  buildSpec(context: Context, lab: SpecFacts, catalog: Catalog, anew: readonly string[]): Spec
}

/** A provider whose labs make their machines; one that lacks a part of `Maker` does not compile. */
export interface MakerProvider<Spec extends LabSpec = LabSpec>
  extends Omit<Provider<Spec>, keyof Maker<Spec>>, Maker<Spec> {}
