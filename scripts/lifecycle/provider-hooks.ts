import type { AnyLab } from '../../backend/lab.js'
import type { LabFacts, Machine } from '../../backend/record-schema.js'
import type { Architecture } from '../../distro-catalog/offer-schema.js'
import type { Profile } from '../../distro-catalog/profile.js'
import type { MachineSize } from '../../distro-catalog/size.js'
import type { LabSpec } from '../../stacks/spec.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import type { Measuring } from '../regions/rank.js'

export interface ResolvedImage {
  readonly id: string
  readonly kind: string
  readonly source: string
}

export interface PreparedImage {
  readonly image: ResolvedImage
  /** What the user should know about the choice; it stays on the screen. */
  readonly remark?: string
}

/** What a lab's stack is made from. */
export type SpecFacts = Pick<
  LabFacts,
  'lab' | 'profile' | 'region' | 'image' | 'size' | 'machines' | 'sshKey' | 'createdAt' | 'expiresAt'
>

/** Where a new lab's machines will be. */
export interface Place {
  readonly region: string
  /** List price of one machine. */
  readonly costPerHourUsd: number
}

export interface SizeWish {
  readonly size?: string | undefined
  readonly instanceType?: string | undefined
  readonly architecture?: Architecture | undefined
}

/** `partial`: traces of a machine that was never finished. */
export type Presence = 'absent' | 'partial' | 'stopped' | 'running'

export interface StepControl {
  readonly signal: AbortSignal
  readonly detail: (text: string) => void
}

/**
 * What the lifecycle asks of a provider beyond its stack. One implementation a provider; nothing outside it
 * knows which provider a lab is on.
 */
export interface ProviderHooks {
  /** Throws when something is missing without which `up` can't succeed. Before anything is recorded. */
  checkPrerequisites(context: Context): Promise<void>
  resolveSize(profile: Profile, choice: SizeWish): MachineSize
  /** The region of a new lab: the one that was asked for, or the best. Throws if it will not do. */
  place(context: Context, profile: Profile, size: MachineSize, measuring: Measuring): Promise<Place>
  /** Machines of a new lab, with all that is known before they exist. */
  planMachines(context: Context, lab: string, names: readonly string[], profile: Profile): Promise<Machine[]>
  /** Makes the image ready to be used and pins it. `pinned`: the image the lab has already. */
  prepareImage(
    context: Context,
    profile: Profile,
    pinned: string | undefined,
    step: StepControl,
  ): Promise<PreparedImage>
  buildSpec(context: Context, lab: SpecFacts, profile: Profile): LabSpec
  presence(lab: AnyLab, machine: Machine): Promise<Presence>
  /** Engine address of what must be made again when a machine is absent. */
  replaceAddress(machine: string): string
  /** Powers a stopped machine on. */
  start(spec: LabSpec, machine: string, step: StepControl): Promise<void>
  /** Removes what the engine did not, and returns what is still there. */
  removeLeftovers(lab: AnyLab, step: StepControl): Promise<readonly string[]>
  /** The end of a machine's console; empty where there is none. */
  consoleTail(lab: AnyLab, machine: Machine): Promise<string>
}

/** Loads a provider's hooks; a provider's code costs nothing until it is used. */
export async function hooksOf(provider: string): Promise<ProviderHooks> {
  if (provider === 'local') return (await import('./local-hooks.js')).localHooks
  if (provider === 'aws') return (await import('./aws-hooks.js')).awsHooks
  if (provider === 'azure') return (await import('./azure-hooks.js')).azureHooks
  if (provider === 'google') return (await import('./google-hooks.js')).googleHooks
  throw new LabError({ code: 'usage', problem: `The provider ${provider} is not part of this version.` })
}
