import { newRandomId } from '../../backend/identity.js'
import type { AnyLab } from '../../backend/lab.js'
import type { LabName } from '../../backend/lab-name.js'
import { MAIN_MACHINE } from '../../backend/machines.js'
import type { AuthorizedKey, Decided, Fixture, Machine } from '../../backend/record-schema.js'
import { profileOfPair, resolveProfile, type Profile } from '../../distro-catalog/profile.js'
import type { MachineSize } from '../../distro-catalog/size.js'
import { labTags } from '../../stacks/naming.js'
import { findComputerId } from '../computer.js'
import type { Context } from '../context.js'
import { ensureIdentity, type Identity } from '../machine/key.js'
import type { Measuring } from '../regions/rank.js'
import { assertMachinesExist, fixturesOfProfile } from './fixtures.js'
import { findLabNetwork, type LabNetwork } from './network.js'
import type { Place, Provider } from '../providers/provider.js'
import { providerOf } from '../providers/registry.js'
import { requireIdentity } from './reach.js'
import { assertKeysTaken } from './taken-keys.js'
import { resolveTeamKeys } from './team-keys.js'

/** What a lab consists of or will consist of, checked against the catalog. Planning changes nothing. */
export interface LabDraft {
  readonly lab: LabName
  readonly profile: Profile
  readonly hooks: Provider
  readonly size: MachineSize
  readonly place: Place
}

export interface LabPlan extends LabDraft {
  readonly identity: Identity
  /** The networks that reach SSH; undefined if nothing is opened. */
  readonly allowFrom: readonly string[] | undefined
  /** In the record's form. */
  readonly network: LabNetwork | undefined
  /** Who else may log in. */
  readonly authorizedKeys: readonly AuthorizedKey[]
  /** What the baseline has of test files. */
  readonly fixtures: readonly Fixture[]
}

/**
 * The draft and its key: a living lab has one, a new lab gets one. The holder of the lab's lease owns the
 * key's folder.
 */
export async function planLab(
  context: Context,
  lab: LabName,
  living: AnyLab | undefined,
  measuring: Measuring = 'measure',
): Promise<LabPlan> {
  const draft = await draftLab(context, lab, living, measuring)
  if (living !== undefined) {
    const { allowFrom, authorizedKeys = [], fixtures = [], network } = living
    const identity = await requireIdentity(context, living)
    return { ...draft, authorizedKeys, fixtures, allowFrom, network, identity }
  }
  const network = await findLabNetwork(context, draft)
  const allowFrom = await draft.hooks.networks?.allowFrom(context, measuring)
  const authorizedKeys = await resolveTeamKeys(context, lab)
  const options = { sshKey: context.settings.sshKey, agentSocket: context.env.sshAgentSocket }
  const identity = await ensureIdentity(context.space, lab, options)
  assertKeysTaken(draft.profile.provider, identity, authorizedKeys)
  const fixtures = fixturesOfProfile(context, draft.profile.name)
  return { ...draft, authorizedKeys, fixtures, allowFrom, network, identity }
}

/** `living`: the lab's record, unless it is destroyed. */
export async function draftLab(
  context: Context,
  lab: LabName,
  living: AnyLab | undefined,
  measuring: Measuring = 'measure',
): Promise<LabDraft> {
  const profile =
    living === undefined
      ? resolveProfile(
          await context.catalog(),
          context.settings.profile ?? lab,
          context.config.values.profiles,
        )
      : await profileOf(context, living)
  const hooks = await providerOf(profile.provider.name)
  if (living !== undefined) return { lab, profile, hooks, size: living.size, place: placeOf(living) }
  const { settings } = context
  const size = hooks.resolveSize(profile, {
    size: settings.size ?? profile.size,
    instanceType: settings.instanceType ?? profile.instanceType,
    architecture: settings.architecture ?? profile.architecture,
    diskGiB: settings.diskGiB ?? profile.diskGiB,
  })
  return { lab, profile, hooks, size, place: await hooks.place(context, profile, size, measuring) }
}

/** Where a recorded lab is. */
export const placeOf = ({ region, zone, spot, costPerHourUsd }: AnyLab): Place => ({
  region,
  zone,
  spot,
  costPerHourUsd,
})

/** The profile a lab was made from; its distro is the recorded release, whatever an alias means today. */
export async function profileOf(context: Context, known: AnyLab): Promise<Profile> {
  const profile = profileOfPair(await context.catalog(), known.distro, known.provider)
  return { ...profile, name: known.profile }
}

/** Machines of a new lab, each with what it will be made of. */
export async function newMachines(
  context: Context,
  { lab, profile, hooks, size }: Omit<LabDraft, 'place'>,
): Promise<Machine[]> {
  const planned = await hooks.planMachines(context, lab, [MAIN_MACHINE], profile)
  return planned.map((machine) => ({ ...machine, distro: profile.distro.name, size, image: null }))
}

/** Everything a new lab's record says before anything is made. */
export async function decide(
  context: Context,
  plan: LabPlan,
  expiresAt: Decided['expiresAt'],
): Promise<Decided> {
  const { lab, profile, identity, size, place } = plan
  const { space, holder, env, settings } = context
  const incarnation = newRandomId()
  const machines = await newMachines(context, plan)
  assertMachinesExist(lab, plan.fixtures, machines)
  const computer = findComputerId(space.home)
  const { source, file, publicKey } = identity
  return {
    profile: profile.name,
    provider: profile.provider.name,
    region: place.region,
    ...(place.zone === undefined ? {} : { zone: place.zone }),
    ...(place.spot === true ? { spot: true } : {}),
    ...(plan.network === undefined ? {} : { network: plan.network }),
    distro: profile.distro.name,
    size,
    image: null,
    machines,
    sshKey: { publicKey, source, ...(source === 'generated' ? {} : { path: file }) },
    authorizedKeys: [...plan.authorizedKeys],
    ...(plan.fixtures.length === 0 ? {} : { fixtures: [...plan.fixtures] }),
    ...(plan.allowFrom === undefined ? {} : { allowFrom: [...plan.allowFrom] }),
    incarnation,
    tags: { ...settings.tags, ...labTags({ backendId: space.backendId, lab, incarnation }) },
    owner: { user: holder.user, host: holder.host, ...(computer === undefined ? {} : { computer }) },
    session: env.session ?? null,
    expiresAt,
    costPerHourUsd: place.costPerHourUsd * machines.length,
    engine: null,
  }
}
