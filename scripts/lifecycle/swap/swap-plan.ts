import type { AnyLab, Lab } from '../../../backend/lab.js'
import type { LabName } from '../../../backend/lab-name.js'
import { listLiving } from '../../../backend/record.js'
import type { Decided, Machine } from '../../../backend/record-schema.js'
import { resolveProfile, type Profile } from '../../../distro-catalog/profile.js'
import type { MachineSize } from '../../../distro-catalog/size.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import { explain } from '../../explain.js'
import { placeOf, type LabPlan } from '../../lab/plan-lab.js'
import { requireMaker } from '../../providers/maker.js'
import type { MakerProvider } from '../../providers/provider.js'
import { providerOf } from '../../providers/registry.js'
import { assertSetupHere, assertSetupOfLab, findSetupOf } from '../../lab/planned-setup.js'
import type { PlannedSetup } from '../../lab/setup-source.js'
import { requireIdentity } from '../../lab/reach.js'
import { assertInReach } from '../../lab/in-reach.js'
import { defaultLabName, labNameOf, machinesOf } from '../../lab/target.js'

/** What the user asked for: a distro for the lab's own provider, or a profile. */
export interface SwapRequest {
  readonly lab: string | undefined
  readonly distro: string | undefined
  /** The only machine that is meant; undefined: all. */
  readonly machine: string | undefined
}

export interface SwapPlan extends LabPlan {
  readonly hooks: MakerProvider
  /** What the record will say about the lab; the images are added when they are known. */
  readonly decided: Pick<Decided, 'profile' | 'machines'>
  /** Of those that are replaced; `from`: their distros of before, each once. */
  readonly swapped: { readonly names: readonly string[]; readonly from: readonly string[] }
}

/** The lab that is meant: the named one, else our only lab that could become what `--profile` names. */
export async function findSwapLab(context: Context, request: SwapRequest): Promise<LabName> {
  const { name, profile: asked } = context.settings
  if (request.lab !== undefined || name !== undefined) return labNameOf(context, request.lab)
  if (asked === undefined) {
    const problem = 'Name a lab and its new distro, or its new profile with --profile.'
    throw new LabError({ code: 'usage', problem, command: 'swap' })
  }
  const profile = resolveProfile(await context.catalog(), asked, context.config.values.profiles)
  const { labs, unreadable } = await listLiving(await context.store())
  for (const error of unreadable) context.progress.say(explain(error).message)
  const candidates = labs.filter((lab) => isOurs(context, lab) && couldBecome(lab, profile))
  const names = candidates.map(({ lab }) => lab)
  const meant =
    names.find((lab) => lab === defaultLabName(asked)) ?? (names.length === 1 ? names[0] : undefined)
  if (meant === undefined) throw new LabError({ code: 'swap-which-lab', profile: asked, labs: names })
  return labNameOf(context, meant)
}

/** Never guess a lab that belongs to someone else. */
const isOurs = ({ holder }: Context, { owner }: AnyLab): boolean =>
  owner.user === holder.user && owner.host === holder.host

const isAllOf = ({ machines }: Pick<AnyLab, 'machines'>, distro: string): boolean =>
  machines.every((machine) => machine.distro === distro)

const couldBecome = (lab: AnyLab, { distro, provider }: Profile): boolean =>
  lab.provider === provider.name && (!isAllOf(lab, distro.name) || lab.state !== 'ready')

/**
 * Checks against the record and the catalog what a lab would become; changes nothing. Throws LabError
 * lab-not-ready, machine-unknown, not-offered, swap-same-distro, swap-other-provider, lab-on-other-computer, key-missing or
 * key-not-on-lab, or CatalogError.
 */
export async function planSwap(
  context: Context,
  lab: LabName,
  known: AnyLab,
  request: SwapRequest,
): Promise<SwapPlan> {
  const { settings, config } = context
  const hooks = requireMaker(await providerOf(known.provider), known, 'swap')
  // `in-use` is another `exec`: the gate waits for its end.
  if (!isSwappable(known) && known.state !== 'in-use')
    throw new LabError({ code: 'lab-not-ready', lab, state: known.state })
  const asked =
    request.distro === undefined ? (settings.profile ?? known.profile) : `${request.distro}-${known.provider}`
  const profile = resolveProfile(await context.catalog(), asked, config.values.profiles)
  const { provider, distro } = profile
  if (provider.name !== known.provider) {
    throw new LabError({ code: 'swap-other-provider', lab, provider: known.provider, asked })
  }
  const meant = machinesOf(known, request.machine)
  // One machine of several makes no lab of another profile, or of another setup.
  const isPart = meant.length < known.machines.length
  const setup = await setupOfSwap(context, known, profile, isPart)
  const isSame = isAllOf({ machines: meant }, distro.name) && setup?.digest === known.setup?.digest
  if (isSame && !isBegun(known)) {
    throw new LabError({ code: 'swap-same-distro', lab, distro: distro.name })
  }
  await assertInReach(context, known)
  const renewed = renew(hooks, profile, meant)
  const machines = known.machines.map(
    (machine) => renewed.find(({ name }) => name === machine.name) ?? machine,
  )
  return {
    ...keptOf(known),
    lab,
    profile,
    hooks,
    setup,
    machines: [],
    decided: { profile: isPart ? known.profile : profile.name, machines },
    swapped: {
      names: meant.map(({ name }) => name),
      from: [...new Set(meant.map((machine) => machine.distro))],
    },
    identity: await requireIdentity(context, known),
  }
}

type Kept = 'authorizedKeys' | 'fixtures' | 'mesh' | 'allowFrom' | 'network' | 'place'

/** What a lab has from its beginning. */
function keptOf(known: AnyLab): Pick<SwapPlan, Kept> {
  const { authorizedKeys = [], fixtures = [], mesh, allowFrom, network } = known
  return { authorizedKeys, fixtures, mesh, allowFrom, network, place: placeOf(known) }
}

/** Throws LabError setup-missing or setup-changed. */
async function setupOfSwap(
  context: Context,
  known: AnyLab,
  profile: Profile,
  isPart: boolean,
): Promise<PlannedSetup | undefined> {
  const setup = await findSetupOf(context, known, [profile.name])
  if (isPart) assertSetupOfLab(known, setup)
  else assertSetupHere(known.lab, setup)
  return setup
}

/** The same machines, to be made from another profile's image. */
const renew = (hooks: MakerProvider, profile: Profile, machines: readonly Machine[]): Machine[] =>
  hooks.swapMachines(machines, profile).map((machine) => ({
    ...machine,
    distro: profile.distro.name,
    size: sizeFor(hooks, profile, machine),
    image: null,
  }))

/** Of its type; the disk never shrinks. */
function sizeFor(
  hooks: MakerProvider,
  profile: Profile,
  { size: { instanceType, diskGiB } }: Machine,
): MachineSize {
  const size = hooks.resolveSize(profile, { instanceType })
  return { ...size, diskGiB: Math.max(size.diskGiB, diskGiB) }
}

type Begun = 'swapping' | 'swap-failed'

/** A swap that did not finish may be repeated, also with another distro. */
export const isBegun = (lab: AnyLab): lab is Lab<Begun> =>
  lab.state === 'swapping' || lab.state === 'swap-failed'

export const isSwappable = (lab: AnyLab): lab is Lab<'ready' | Begun> => lab.state === 'ready' || isBegun(lab)
