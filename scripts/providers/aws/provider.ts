import type { Machine } from '../../../backend/record-schema.js'
import type { Profile } from '../../../distro-catalog/profile.js'
import type { AnyLab } from '../../../backend/lab.js'
import { labName, machineName } from '../../../stacks/aws/names.js'
import { planAwsLab } from '../../../stacks/aws/plan.js'
import { labId } from '../../../stacks/naming.js'
import type { AwsImageSelector, AwsLabSpec } from '../../../stacks/aws/spec.js'
import type { AwsMachineImage } from './image.js'
import type { AwsInstance } from './instances.js'
import type { LabAtAws } from './leftovers.js'
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

// Whoever only writes files does without AWS's client, which takes longer to load than all the rest.
const loadAccount = () => import('./account.js')
const loadImage = () => import('./image.js')
const loadInstances = () => import('./instances.js')
const loadLeftovers = () => import('./leftovers.js')

/** An EC2 instance. AWS is searched only by tags and names, so a lab is found without OpenTofu's state. */
export const aws: MakerProvider<AwsLabSpec> = {
  ...cloudPlanning('aws'),

  async account(signal) {
    const { checkAwsAccount } = await loadAccount()
    return (await checkAwsAccount(signal)).account
  },

  async checkPrerequisites({ interrupt, progress }) {
    const { checkAwsAccount } = await loadAccount()
    const { arn, account } = await checkAwsAccount(interrupt.signal)
    progress.say(`AWS account ${account}, as ${arn}`)
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
    const { id, name, diskGiB } = image
    return { image: { id, kind: 'ami', source: name }, minimumDiskGiB: diskGiB }
  },

  buildSpec: (...facts) => planAwsLab(cloudPlan(...facts)),

  async presence({ region }, machine) {
    const { findInstances } = await loadInstances()
    const found = await findInstances(region, nameOf(machine))
    return presenceOf(found)
  },

  expiry: {
    async enforcers(context, lab) {
      const { findInstances } = await loadInstances()
      return lookForEnforcers(TIMER, async (patience) => {
        const found = await findInstances(lab.region, marksOf(context, lab), patience)
        return [{ name: TIMER, state: timerState(found, lab.expiresAt) }]
      })
    },

    async move(context, lab, step) {
      const [{ findInstances, markExpiry }, { findThings }] = await Promise.all([
        loadInstances(),
        loadLeftovers(),
      ])
      const found = await findInstances(lab.region, marksOf(context, lab))
      const running = found.filter(({ state }) => state === 'running')
      if (running.length === 0) return
      const untold = running.filter((instance) => !isMarked(instance, lab.expiresAt))
      const names = new Set(untold.map(({ tags }) => tags['Name']))
      const machines = lab.machines.filter(({ id }) => names.has(machineName(id)))
      await onEachMachine(machines, step, step.setTimer)
      // A machine that is off cannot be reached. Without the mark, the next command that finds it running sets
      // its timer.
      const off = new Set(found.filter((each) => !running.includes(each)).map(({ id }) => id))
      const things = (await findThings(atAws(context, lab))).filter(
        ({ isOurs, id }) => isOurs && !off.has(id),
      )
      const idsOf = (isMeant: (kind: string) => boolean): string[] =>
        things.filter(({ kind }) => isMeant(kind)).map(({ id }) => id)
      // The mark comes last: it says that the machines use the new time.
      await markExpiry(
        lab.region,
        { instances: idsOf((kind) => kind === 'instance'), others: idsOf((kind) => kind !== 'instance') },
        lab.expiresAt,
      )
    },
  },

  async start(spec, name, step) {
    const { startInstance } = await loadInstances()
    return startInstance(spec.region, { Name: machineName(`${spec.id}-${name}`) }, step.signal)
  },

  stopping: {
    bill: 'AWS bills no compute for it now; its disk is still billed.',
    refusal: ({ spot }) => (spot === true ? 'AWS stops no machine of a one-time spot request' : undefined),

    async stop({ region }, machine, step) {
      const { stopInstance } = await loadInstances()
      await stopInstance(region, nameOf(machine), step.signal)
    },
  },

  objects: {
    async strangersAmong(context, lab, objects, signal) {
      const { findStrangers } = await import('./strangers.js')
      return findStrangers(atAws(context, lab), objects, signal)
    },

    async straysBeside(context, lab, objects) {
      const { findStrays } = await import('./strays.js')
      const machines = new Map(lab.machines.map(({ id, name }) => [machineName(id), name]))
      return findStrays(atAws(context, lab), machines, objects)
    },
  },

  async removeLeftovers(context, lab, step) {
    const { removeThings } = await loadLeftovers()
    const remove = removeThings.bind(null, atAws(context, lab))
    return remainsOf(remove, ({ kind, id }) => `${kind} ${id} in ${lab.region}`, step)
  },

  async consoleTail(lab, machine) {
    const { findInstances, readConsole } = await loadInstances()
    return consoleOrReason(async (lines) => {
      const [instance] = await findInstances(lab.region, nameOf(machine))
      return instance === undefined ? '' : readConsole(lab.region, instance.id, lines)
    })
  },
}

const TIMER = 'timer in the machine'

const atAws = (context: Context, lab: AnyLab): LabAtAws => ({
  region: lab.region,
  tags: marksOf(context, lab),
  name: labName(labId(spaceOf(context, lab).backendId, lab.lab)),
  machines: lab.machines.map(({ id }) => machineName(id)),
})

const nameOf = ({ id }: Machine) => ({ Name: machineName(id) })

async function newestImage(profile: Profile, { region, size }: ImageWish): Promise<AwsMachineImage> {
  const { distro } = profile
  const { image, architecture } = offeredImage(profile, 'aws', size)
  const selector: AwsImageSelector = { ...image, architecture }
  const { findNewestImage } = await loadImage()
  const newest = await findNewestImage(region, selector)
  if (newest !== undefined) return newest
  throw new LabError({
    code: 'cloud-image-missing',
    provider: 'aws',
    distro: distro.name,
    region,
    selector: `${selector.name} (${architecture}) of account ${selector.owner}`,
  })
}

function presenceOf(found: readonly AwsInstance[]): Presence {
  const states = found.map(({ state }) => state)
  if (states.some((state) => state === 'running' || state === 'pending')) return 'running'
  return states.some((state) => state === 'stopped' || state === 'stopping') ? 'stopped' : 'absent'
}

/** A machine's mark is moved after its timer. */
function timerState(found: readonly AwsInstance[], expiresAt: string | null): Enforcer['state'] {
  const running = found.filter(({ state }) => state === 'running' || state === 'pending')
  if (running.length === 0) return 'idle'
  return running.every((each) => isMarked(each, expiresAt)) ? 'armed' : 'missing'
}

const isMarked = ({ tags }: AwsInstance, expiresAt: string | null): boolean =>
  tags['distrolab-expires'] === (expiresAt ?? 'never')
