import type { AnyLab } from '../../../backend/lab.js'
import type { Profile } from '../../../distro-catalog/profile.js'
import { labName, machineName, ruleName, RULES } from '../../../stacks/google/names.js'
import { planGoogleLab } from '../../../stacks/google/plan.js'
import { labId } from '../../../stacks/naming.js'
import type { GoogleLabSpec } from '../../../stacks/google/spec.js'
import { projectOfCredentials, projectOfVariables, requireProject } from './found-credentials.js'
import type { GoogleMachineImage } from './image.js'
import type { GoogleInstance } from './instances.js'
import type { LabAtGoogle } from './leftovers.js'
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

// Whoever only writes files does without Google's client, which takes longer to load than a stack.
const loadAccount = () => import('./account.js')
const loadImage = () => import('./image.js')
const loadInstances = () => import('./instances.js')
const loadLeftovers = () => import('./leftovers.js')
const loadForEnd = () => Promise.all([import('./client.js'), import('./expiry.js'), loadInstances()])

/**
 * A Compute Engine instance. Google is searched only by labels and names, so a lab is found without
 * OpenTofu's state.
 */
export const google: MakerProvider<GoogleLabSpec> = {
  ...cloudPlanning('google'),

  // Async, so that errors are rejections.
  async account() {
    return requireProject()
  },

  async checkPrerequisites({ interrupt, progress }) {
    const { checkGoogleAccount } = await loadAccount()
    const { principal, project } = await checkGoogleAccount(interrupt.signal)
    progress.say(`Google Cloud project ${project}, as ${principal}`)
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
    const image = pinned === undefined ? await newestImage(profile, wish) : await findImage(pinned)
    const { id, name, diskGiB } = image
    return { image: { id, kind: 'image', source: name }, minimumDiskGiB: diskGiB }
  },

  buildSpec(...facts) {
    const spec = planGoogleLab(cloudPlan(...facts))
    const project = projectOfVariables() === undefined ? projectOfCredentialsIfAny() : undefined
    return project === undefined ? spec : { ...spec, project }
  },

  async presence(_lab, machine) {
    const { instanceNamed } = await loadInstances()
    return presenceOf(await instanceNamed(machineName(machine.id)))
  },

  expiry: {
    async enforcers(context, lab) {
      const [{ openCompute }, { endsAt }, { findInstances, labelFilter }] = await loadForEnd()
      return lookForEnforcers(END, async (patience) => {
        const found = await findInstances(labelFilter(marksOf(context, lab)), openCompute(patience))
        return [{ name: END, state: endState(found, lab.expiresAt, endsAt) }]
      })
    },

    async move({ progress }, lab, step) {
      const [{ openCompute }, { markExpiry, moveEnd }, { instanceNamed }] = await loadForEnd()
      const compute = openCompute(step.signal)
      await onEachMachine(lab.machines, step, async (machine, { detail }) => {
        const [instance] = await instanceNamed(machineName(machine.id), compute)
        if (instance === undefined) return
        detail('setting its termination time')
        const onRestart = (): void =>
          progress.say(
            `Restarting ${machine.name}: Google changes the termination time only while a machine is off`,
          )
        const address = await moveEnd(compute, instance, lab.expiresAt, { now: Date.now(), onRestart })
        if (address !== undefined) await step.onAddress(machine.name, address)
        await markExpiry(compute, instance, lab.expiresAt)
      })
    },
  },

  async start(spec, name, step) {
    const { startInstance } = await loadInstances()
    return startInstance(machineName(`${spec.id}-${name}`), step.signal)
  },

  stopping: {
    bill: 'Google bills no compute for it now; its disk is still billed.',
    refusal: () => undefined,

    async stop(_lab, machine, step) {
      const { stopInstance } = await loadInstances()
      await stopInstance(machineName(machine.id), step.signal)
    },
  },

  objects: {
    // Everything of a lab has a name that no one else uses.
    async strangersAmong(context, lab, objects) {
      const { id, machines } = atGoogle(context, lab)
      const names = new Set([...machines, labName(id), ...RULES.map((rule) => ruleName(id, rule))])
      return objects.filter((each) => !names.has(each.id.slice(each.id.lastIndexOf('/') + 1)))
    },

    async straysBeside(context, lab, objects, signal) {
      const { findStrays } = await import('./strays.js')
      const machines = new Map(lab.machines.map(({ id, name }) => [machineName(id), name]))
      return findStrays(atGoogle(context, lab), machines, objects, signal)
    },
  },

  async removeLeftovers(context, lab, step) {
    const { removeThings } = await loadLeftovers()
    const remove = removeThings.bind(null, atGoogle(context, lab))
    return remainsOf(remove, ({ path }) => path, step)
  },

  async consoleTail(_lab, machine) {
    const { instanceNamed, readConsole } = await loadInstances()
    return consoleOrReason(async (lines) => {
      const [instance] = await instanceNamed(machineName(machine.id))
      return instance === undefined ? '' : readConsole(instance, lines)
    })
  },
}

const END = 'termination time of the machine'

const atGoogle = (context: Context, lab: AnyLab): LabAtGoogle => ({
  id: labId(spaceOf(context, lab).backendId, lab.lab),
  region: lab.region,
  tags: marksOf(context, lab),
  machines: lab.machines.map(({ id }) => machineName(id)),
})

/** Files can be written without credentials. */
function projectOfCredentialsIfAny(): string | undefined {
  try {
    return projectOfCredentials()
  } catch (error) {
    if (error instanceof LabError) return undefined
    throw error
  }
}

async function newestImage(profile: Profile, { region, size }: ImageWish): Promise<GoogleMachineImage> {
  const { distro } = profile
  const { image: selector } = offeredImage(profile, 'google', size)
  const { findNewestImage } = await loadImage()
  const newest = await findNewestImage(selector)
  if (newest !== undefined) return newest
  throw new LabError({
    code: 'cloud-image-missing',
    provider: 'google',
    distro: distro.name,
    region,
    selector: `the family ${selector.family} of ${selector.project ?? 'the project'}`,
  })
}

const RUNNING = new Set(['PROVISIONING', 'STAGING', 'RUNNING', 'REPAIRING'])

function presenceOf(found: readonly GoogleInstance[]): Presence {
  if (found.some(({ status }) => RUNNING.has(status))) return 'running'
  return found.length === 0 ? 'absent' : 'stopped'
}

function endState(
  found: readonly GoogleInstance[],
  expiresAt: string | null,
  endsAt: (instance: GoogleInstance, expiresAt: string) => boolean,
): Enforcer['state'] {
  const running = found.filter(({ status }) => RUNNING.has(status))
  if (running.length === 0 || expiresAt === null) return 'idle'
  return running.every((instance) => endsAt(instance, expiresAt)) ? 'armed' : 'missing'
}
