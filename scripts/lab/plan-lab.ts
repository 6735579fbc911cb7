import { newRandomId } from '../../backend/identity.js'
import type { AnyLab } from '../../backend/lab.js'
import type { LabName } from '../../backend/lab-name.js'
import { mainOf } from '../../backend/machines.js'
import type { AuthorizedKey, Decided, Machine } from '../../backend/record-schema.js'
import { profileOfPair, resolveProfile, type Profile } from '../../distro-catalog/profile.js'
import { labTags } from '../../stacks/naming.js'
import { findComputerId } from '../computer.js'
import type { Context } from '../context.js'
import { ensureIdentity, type Identity } from '../machine/key.js'
import type { Measuring } from '../regions/rank.js'
import { draftMachines, type MachineDraft } from './draft-machines.js'
import { assertMachinesExist } from './planned-fixtures.js'
import { furnishingOfNew, type PlannedFurnishing } from './planned-furnishing.js'
import { findSetupOf, recordedSetup } from './planned-setup.js'
import { findLabNetwork, type LabNetwork } from './network.js'
import type { Place, Provider } from '../providers/provider.js'
import { providerOf } from '../providers/registry.js'
import { requireIdentity } from './reach.js'
import { assertKeysTaken } from './taken-keys.js'
import { resolveTeamKeys } from './team-keys.js'

/** What a lab consists of or will consist of, checked against the catalog; `profile` has the distro of its main machine. Planning changes nothing. */
export interface LabDraft {
  readonly lab: LabName
  readonly profile: Profile
  readonly hooks: Provider
  /** Of a new lab; empty for one that is recorded. */
  readonly machines: readonly MachineDraft[]
  /** With the list price of all machines together. */
  readonly place: Place
}

export interface LabPlan extends LabDraft, PlannedFurnishing {
  readonly identity: Identity
  /** The networks that reach SSH; undefined if nothing is opened. */
  readonly allowFrom: readonly string[] | undefined
  /** In the record's form. */
  readonly network: LabNetwork | undefined
  /** Who else may log in. */
  readonly authorizedKeys: readonly AuthorizedKey[]
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
    const { allowFrom, authorizedKeys = [], fixtures = [], mesh, network } = living
    const identity = await requireIdentity(context, living)
    const setup = await findSetupOf(context, living)
    return { ...draft, authorizedKeys, fixtures, mesh, setup, allowFrom, network, identity }
  }
  const network = await findLabNetwork(context, draft)
  const allowFrom = await draft.hooks.networks?.allowFrom(context, measuring)
  const authorizedKeys = await resolveTeamKeys(context, lab)
  const options = { sshKey: context.settings.sshKey, agentSocket: context.env.sshAgentSocket }
  const identity = await ensureIdentity(context.space, lab, options)
  assertKeysTaken(draft.profile.provider, identity, authorizedKeys)
  const furnishing = await furnishingOfNew(context, draft)
  return { ...draft, ...furnishing, authorizedKeys, allowFrom, network, identity }
}

/** `living`: the lab's record, unless it is destroyed. */
export async function draftLab(
  context: Context,
  lab: LabName,
  living: AnyLab | undefined,
  measuring: Measuring = 'measure',
): Promise<LabDraft> {
  if (living !== undefined) {
    const profile = await profileOf(context, living)
    const hooks = await providerOf(profile.provider.name)
    return { lab, profile, hooks, machines: [], place: placeOf(living) }
  }
  const { settings, config } = context
  const catalog = await context.catalog()
  const asked = resolveProfile(catalog, settings.profile ?? lab, config.values.profiles)
  const hooks = await providerOf(asked.provider.name)
  const machines = draftMachines(catalog, asked, hooks, settings)
  const { profile = asked } = mainOf(machines) ?? {}
  return { lab, profile, hooks, machines, place: await placeMachines(context, hooks, machines, measuring) }
}

/** Where the main machine is best placed; the others must be possible there too. */
async function placeMachines(
  context: Context,
  hooks: Provider,
  machines: readonly MachineDraft[],
  measuring: Measuring,
): Promise<Place> {
  const main = mainOf(machines)
  if (main === undefined) throw new TypeError('a lab has machines')
  const place = await hooks.place(context, main.profile, main.size, measuring)
  const { region, zone } = place
  const there = { ...context, settings: { ...context.settings, region, zone } }
  const prices = new Map([[kindOf(main), place.costPerHourUsd]])
  let costPerHourUsd = 0
  for (const machine of machines) {
    const { profile, size } = machine
    const price =
      prices.get(kindOf(machine)) ?? (await hooks.place(there, profile, size, 'known')).costPerHourUsd
    prices.set(kindOf(machine), price)
    costPerHourUsd += price
  }
  return { ...place, costPerHourUsd }
}

const kindOf = ({ profile, size }: MachineDraft): string => `${profile.distro.name} ${size.instanceType}`

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
  { lab, hooks, machines }: Pick<LabDraft, 'lab' | 'hooks' | 'machines'>,
): Promise<Machine[]> {
  const planned = await hooks.planMachines(context, lab, machines)
  return planned.flatMap((machine, index) => {
    const draft = machines[index]
    if (draft === undefined) return []
    return [{ ...machine, distro: draft.profile.distro.name, size: draft.size, image: null }]
  })
}

/** Everything a new lab's record says before anything is made. */
export async function decide(
  context: Context,
  plan: LabPlan,
  expiresAt: Decided['expiresAt'],
): Promise<Decided> {
  const { lab, profile, identity, place } = plan
  const { space, holder, env, settings } = context
  const incarnation = newRandomId()
  const machines = await newMachines(context, plan)
  const main = mainOf(machines)
  if (main === undefined) throw new TypeError('a lab has machines')
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
    distro: main.distro,
    size: main.size,
    image: null,
    machines,
    sshKey: { publicKey, source, ...(source === 'generated' ? {} : { path: file }) },
    authorizedKeys: [...plan.authorizedKeys],
    ...(plan.fixtures.length === 0 ? {} : { fixtures: [...plan.fixtures] }),
    ...recordedSetup(plan.setup),
    ...(plan.mesh === undefined ? {} : { mesh: plan.mesh }),
    ...(plan.allowFrom === undefined ? {} : { allowFrom: [...plan.allowFrom] }),
    incarnation,
    tags: { ...settings.tags, ...labTags({ backendId: space.backendId, lab, incarnation }) },
    owner: { user: holder.user, host: holder.host, ...(computer === undefined ? {} : { computer }) },
    session: env.session ?? null,
    expiresAt,
    costPerHourUsd: place.costPerHourUsd,
    engine: null,
  }
}
