import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import type { Profile } from '../../distro-catalog/profile.js'
import { labId } from '../../stacks/naming.js'
import { machineName } from '../../stacks/azure/names.js'
import { planAzureLab, planOf, selectorOf } from '../../stacks/azure/plan.js'
import { checkAzureAccount } from '../clouds/azure/account.js'
import { isScheduled, isWithinADay, markExpiry, moveSchedule } from '../clouds/azure/expiry.js'
import { checkTerms, findImage, findNewestImage, type AzureMachineImage } from '../clouds/azure/image.js'
import {
  findInstance,
  findInstances,
  readConsole,
  startInstance,
  type AzureInstance,
} from '../clouds/azure/instances.js'
import { removeGroups } from '../clouds/azure/leftovers.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { cloudPlan, cloudPlanning, offeredImage } from './cloud-hooks.js'
import type { Enforcer, ImageWish, Presence, ProviderHooks } from './provider-hooks.js'

/** A virtual machine in a resource group of its lab's own. Azure is asked by names and tags alone, without any state of OpenTofu. */
export const azureHooks: ProviderHooks = {
  ...cloudPlanning('azure'),

  async checkPrerequisites({ interrupt, progress }) {
    const { identity, subscription } = await checkAzureAccount(interrupt.signal)
    progress.say(`Azure subscription ${subscription}, as ${identity}`)
  },

  async prepareImage(_context, profile, wish, pinned) {
    const image =
      pinned === undefined ? await newestImage(profile, wish) : await findImage(wish.region, pinned)
    const { id, kind, diskGiB } = image
    const prepared = { image: { id, kind, source: id } }
    return diskGiB === undefined ? prepared : { ...prepared, minimumDiskGiB: diskGiB }
  },

  buildSpec: (...facts) => planAzureLab(cloudPlan(...facts)),

  async presence(_lab, machine) {
    const found = await findInstance(labOf(machine), machine.id)
    return found === undefined ? 'absent' : presenceOf(found)
  },

  async enforcers(lab) {
    const patience = AbortSignal.timeout(LOOK_MS)
    try {
      const running = await runningOf(lab, patience)
      const timer: Enforcer = { name: TIMER, state: stateOf(running.map(({ tags }) => isMarked(tags, lab))) }
      if (!isWithinADay(lab.expiresAt, new Date())) return [timer]
      const { expiresAt } = lab
      const scheduled = await Promise.all(running.map((each) => isScheduled(each, expiresAt, patience)))
      return [timer, { name: SCHEDULE, state: stateOf(scheduled) }]
    } catch (error) {
      // Whoever may look at the record need not have credentials of the cloud, or a network.
      if (error instanceof LabError || patience.aborted) return [{ name: TIMER, state: 'unknown' }]
      throw error
    }
  },

  async moveExpiry(context, lab, step) {
    const { signal } = step
    const running = await runningOf(lab, signal)
    const { moveMachineExpiry } = await import('./machine-expiry.js')
    for (const instance of running) {
      const machine = lab.machines.find(({ id }) => machineName(id) === instance.name)
      if (machine !== undefined && !isMarked(instance.tags, lab))
        await moveMachineExpiry(context, lab, machine, step)
      await moveSchedule(instance, lab.expiresAt, { now: new Date(), signal })
    }
    // The mark comes last: it says that the machines go by the new time.
    if (running.some(({ tags }) => !isMarked(tags, lab))) await markExpiry(idOf(lab), lab.expiresAt, signal)
  },

  async start(spec, name, step) {
    if (spec.provider === 'azure') await startInstance(spec.id, `${spec.id}-${name}`, step.signal)
    // Its address is its own for as long as it is there.
    return undefined
  },

  async removeLeftovers(lab, step) {
    const { 'distrolab-lab': name = '', 'distrolab-backend': backend = '' } = lab.tags
    const tags = { 'distrolab-lab': name, 'distrolab-backend': backend }
    const left = await removeGroups(idOf(lab), tags, {
      signal: step.signal,
      onRefused: (group, error) => step.detail(`resource group ${group.name}: ${explain(error).message}`),
    })
    return left.map((group) => `resource group ${group.name} in ${group.region}`)
  },

  async consoleTail(_lab, machine) {
    try {
      const found = await findInstance(labOf(machine), machine.id)
      return found === undefined ? '' : await readConsole(found, CONSOLE_LINES)
    } catch (error) {
      // It is asked for when something else has failed, which must be told.
      if (error instanceof LabError) return `(${explain(error).message})`
      throw error
    }
  },
}

const CONSOLE_LINES = 20
/** How long a look at a lab waits for what Azure could add. */
const LOOK_MS = 3_000
const TIMER = 'timer in the machine'
const SCHEDULE = 'scheduled shutdown'

/** The start of all names in a lab, which a machine's own name has too. */
const labOf = ({ id, name }: Machine): string => id.slice(0, -`-${name}`.length)
const idOf = ({ lab, tags }: AnyLab): string => labId(tags['distrolab-backend'] ?? '', lab)

const isMarked = (tags: AzureInstance['tags'], { expiresAt }: AnyLab): boolean =>
  tags['distrolab-expires'] === (expiresAt ?? 'never')

const runningOf = async (lab: AnyLab, signal: AbortSignal): Promise<AzureInstance[]> =>
  (await findInstances(idOf(lab), signal)).filter((each) => presenceOf(each) === 'running')

const stateOf = (armed: readonly boolean[]): Enforcer['state'] =>
  armed.length === 0 ? 'idle' : armed.every(Boolean) ? 'armed' : 'missing'

/** One that Azure failed to make is there by name only: it is made again. */
function presenceOf({ power, provisioning }: AzureInstance): Presence {
  if (power === 'running' || power === 'starting') return 'running'
  if (power !== '') return 'stopped'
  return provisioning === 'Failed' ? 'absent' : 'partial'
}

async function newestImage(profile: Profile, { region, size }: ImageWish): Promise<AzureMachineImage> {
  const { distro } = profile
  const { image } = offeredImage(profile, 'azure', size)
  const selector = selectorOf(image)
  const newest = await findNewestImage(region, selector)
  if (newest === undefined)
    throw new LabError({
      ...{ code: 'cloud-image-missing', provider: 'azure', distro: distro.name, region },
      selector: Object.values(selector).slice(1).join(':'),
    })
  const plan = planOf(image)
  if (plan !== null) await checkTerms(plan)
  return newest
}
