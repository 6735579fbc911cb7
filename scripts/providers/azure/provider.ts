import type { AnyLab } from '../../../backend/lab.js'
import type { Machine } from '../../../backend/record-schema.js'
import type { Profile } from '../../../distro-catalog/profile.js'
import { labId } from '../../../stacks/naming.js'
import type { AzureLabSpec } from '../../../stacks/azure/spec.js'
import { groupName, machineName } from '../../../stacks/azure/names.js'
import { planAzureLab, planOf, selectorOf } from '../../../stacks/azure/plan.js'
import type { AzureMachineImage } from './image.js'
import type { AzureInstance } from './instances.js'
import { spaceOf, type Context } from '../../context.js'
import { onEachMachine } from '../../each-machine.js'
import { LabError } from '../../errors.js'
import {
  allowFrom,
  cloudPlan,
  cloudPlanning,
  consoleOrReason,
  lookForEnforcers,
  marksOf,
  offeredImage,
} from '../cloud.js'
import type { Enforcer, ImageWish, MakerProvider, Presence } from '../provider.js'
import { remainsOf } from '../remains.js'

// Whoever only writes files does without Azure's clients, which take longer to load than a stack.
const loadAccount = () => import('./account.js')
const loadExpiry = () => import('./expiry.js')
const loadImage = () => import('./image.js')
const loadInstances = () => import('./instances.js')
const loadLeftovers = () => import('./leftovers.js')

/**
 * A virtual machine in its lab's own resource group. Azure is searched only by names and tags, without
 * OpenTofu's state.
 */
export const azure: MakerProvider<AzureLabSpec> = {
  ...cloudPlanning('azure'),

  async account() {
    const { azureIdentity } = await import('./client.js')
    return (await azureIdentity()).subscription
  },

  async checkPrerequisites({ interrupt, progress }) {
    const { checkAzureAccount } = await loadAccount()
    const { identity, subscription } = await checkAzureAccount(interrupt.signal)
    progress.say(`Azure subscription ${subscription}, as ${identity}`)
  },

  networks: {
    allowFrom,

    async find(question) {
      const { findNetwork } = await import('./network.js')
      return findNetwork(question)
    },
  },

  async prepareImage(_context, profile, wish, pinned) {
    const { findImage } = await loadImage()
    const image =
      pinned === undefined ? await newestImage(profile, wish) : await findImage(wish.region, pinned)
    const { id, kind, diskGiB } = image
    const prepared = { image: { id, kind, source: id } }
    return diskGiB === undefined ? prepared : { ...prepared, minimumDiskGiB: diskGiB }
  },

  buildSpec: (...facts) => planAzureLab(cloudPlan(...facts)),

  async presence(_lab, machine) {
    const { findInstance } = await loadInstances()
    const found = await findInstance(labOf(machine), machine.id)
    return found === undefined ? 'absent' : presenceOf(found)
  },

  expiry: {
    async enforcers(context, lab) {
      const { isScheduled, isWithinADay } = await loadExpiry()
      return lookForEnforcers(TIMER, async (patience) => {
        const running = await runningOf(context, lab, patience)
        const timer: Enforcer = {
          name: TIMER,
          state: stateOf(running.map(({ tags }) => isMarked(tags, lab))),
        }
        if (!isWithinADay(lab.expiresAt, new Date())) return [timer]
        const { expiresAt } = lab
        const scheduled = await Promise.all(running.map((each) => isScheduled(each, expiresAt, patience)))
        return [timer, { name: SCHEDULE, state: stateOf(scheduled) }]
      })
    },

    async move(context, lab, step) {
      const { signal } = step
      const { findInstances } = await loadInstances()
      const found = await findInstances(idOf(context, lab), signal)
      const running = found.filter(isRunning)
      if (running.length === 0) return
      const { markExpiry, moveSchedule } = await loadExpiry()
      await onEachMachine(running, step, async (instance, each) => {
        const machine = lab.machines.find(({ id }) => machineName(id) === instance.name)
        if (machine !== undefined && !isMarked(instance.tags, lab)) await step.setTimer(machine, each)
        await moveSchedule(instance, lab.expiresAt, { now: new Date(), signal })
      })
      // The mark comes last: it says that the machines use the new time. A machine that is off has not received
      // it.
      const except = found.filter((each) => !isRunning(each))
      if (running.some(({ tags }) => !isMarked(tags, lab)))
        await markExpiry(idOf(context, lab), lab.expiresAt, { except, signal })
    },
  },

  stopping: {
    bill: 'It is deallocated, so Azure bills no compute for it now; its disk and its public address are still billed.',
    refusal: () => undefined,

    async stop(_lab, machine, step) {
      const { deallocateInstance } = await loadInstances()
      await deallocateInstance(labOf(machine), machine.id, step.signal)
    },
  },

  async start(spec, name, step) {
    const { startInstance } = await loadInstances()
    await startInstance(spec.id, `${spec.id}-${name}`, step.signal)
    // The address stays as long as the machine exists.
    return undefined
  },

  objects: {
    // Everything of a lab is in its group, whose name no one else has; an id may contain both.
    async strangersAmong(context, lab, objects) {
      const group = `/resourcegroups/${groupName(idOf(context, lab))}`.toLowerCase()
      const isIn = (id: string): boolean => `${withoutSubscription(id)}/`.startsWith(`${group}/`)
      return objects.filter(({ id }) => !id.split('|').every(isIn))
    },

    async straysBeside(context, lab, objects, signal) {
      const { findStrays } = await import('./strays.js')
      const { machines } = lab
      return findStrays({ id: idOf(context, lab), tags: marksOf(context, lab), machines }, objects, signal)
    },
  },

  async removeLeftovers(context, lab, step) {
    const { removeGroups } = await loadLeftovers()
    const remove = removeGroups.bind(null, idOf(context, lab), marksOf(context, lab))
    return remainsOf(remove, (group) => `resource group ${group.name} in ${group.region}`, step)
  },

  async consoleTail(_lab, machine) {
    const { findInstance, readConsole } = await loadInstances()
    return consoleOrReason(async (lines) => {
      const found = await findInstance(labOf(machine), machine.id)
      return found === undefined ? '' : readConsole(found, lines)
    })
  },
}

const withoutSubscription = (id: string): string => id.toLowerCase().replace(/^\/subscriptions\/[^/]+/, '')

const TIMER = 'timer in the machine'
const SCHEDULE = 'scheduled shutdown'

/** The start of all names in a lab, including the machine's own. */
const labOf = ({ id, name }: Machine): string => id.slice(0, -`-${name}`.length)
const idOf = (context: Context, lab: AnyLab): string => labId(spaceOf(context, lab).backendId, lab.lab)

const isMarked = (tags: AzureInstance['tags'], { expiresAt }: AnyLab): boolean =>
  tags['distrolab-expires'] === (expiresAt ?? 'never')

async function runningOf(context: Context, lab: AnyLab, signal: AbortSignal): Promise<AzureInstance[]> {
  const { findInstances } = await loadInstances()
  const found = await findInstances(idOf(context, lab), signal)
  return found.filter(isRunning)
}

const isRunning = (instance: AzureInstance): boolean => presenceOf(instance) === 'running'

const stateOf = (armed: readonly boolean[]): Enforcer['state'] =>
  armed.length === 0 ? 'idle' : armed.every(Boolean) ? 'armed' : 'missing'

/** A machine that Azure failed to make exists only by name, so it is made again. */
function presenceOf({ power, provisioning }: AzureInstance): Presence {
  if (power === 'running' || power === 'starting') return 'running'
  if (power !== '') return 'stopped'
  return provisioning === 'Failed' ? 'absent' : 'partial'
}

async function newestImage(profile: Profile, { region, size }: ImageWish): Promise<AzureMachineImage> {
  const { distro } = profile
  const { image } = offeredImage(profile, 'azure', size)
  const selector = selectorOf(image)
  const { checkTerms, findNewestImage } = await loadImage()
  const newest = await findNewestImage(region, selector)
  if (newest === undefined)
    throw new LabError({
      code: 'cloud-image-missing',
      provider: 'azure',
      distro: distro.name,
      region,
      selector: Object.values(selector).slice(1).join(':'),
    })
  const plan = planOf(image)
  if (plan !== null) await checkTerms(plan)
  return newest
}
