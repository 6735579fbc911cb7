import type { AnyLab, Lab } from '../../../backend/lab.js'
import { makeOfLab } from '../../../backend/machines.js'
import type { Machine } from '../../../backend/record-schema.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import { configureMachines, withMachines } from '../../lab/configure-machines.js'
import { decideMaking, withoutHostKey } from '../../lab/decide-up.js'
import { sayEndOfLife } from '../../lab/end-of-life.js'
import { settleEngine } from '../../lab/engine-session.js'
import { engineFor } from '../../lab/engine-for.js'
import { assertNotExpired } from '../../lab/expiry.js'
import { endAbandonedUse, throughGate } from '../../lab/gate.js'
import { forgetHostKeys, sshAlias } from '../../machine/ssh-config.js'
import { makeMachines, type EngineWork } from '../../lab/make-machines.js'
import { stepControl, type Work } from '../../lab/work.js'
import { prepareMachines } from '../../lab/prepare-image.js'
import { lookAtMachines } from '../../lab/presences.js'
import { recordedSetup } from '../../lab/planned-setup.js'
import { writeLabSshConfig } from '../../lab/reach.js'
import { furnishing } from '../../lab/furnishing.js'
import { swapSteps } from '../../lab/step-lists.js'
import { Steps } from '../../lab/steps.js'
import { findSwapLab, isBegun, isSwappable, planSwap, type SwapPlan, type SwapRequest } from './swap-plan.js'
import { requireLab } from '../../lab/target.js'
import { armedView, type LabView } from '../../lab/view.js'

export type SwapResult = LabView & {
  /** The former distro; of several machines that had different ones, each once. */
  readonly from: string
  /** The distro that the machines have now. */
  readonly to: string
  /** The machines that were replaced. */
  readonly swapped: readonly string[]
}

/**
 * Gives a lab, or one of its machines, another distro: they are recreated under the same name, address and key. Until the new
 * image is there, the lab stays `ready` with its old machines; after that, `up` continues with the new
 * distro.
 */
export async function swap(context: Context, request: SwapRequest): Promise<SwapResult> {
  const name = await findSwapLab(context, request)
  const { hooks } = await planSwap(context, name, await requireLab(context, name), request)
  await hooks.checkPrerequisites(context)
  const engine = await engineFor(context)
  return throughGate(context, name, 'swap', async (session) => {
    const current = (await endAbandonedUse(session)) ?? (await requireLab(context, name))
    assertNotExpired(current, session.lease.storeTime())
    // Planned again under the lease.
    const plan = await planSwap(context, name, current, request)
    const steps = new Steps(session, swapSteps(hooks.baseline.kind, furnishing(plan)))
    const work = { session, plan, engine, steps }
    await settleEngine(session, 'wait')
    const machines = await work.steps.run('image', (detail) => newMachines(work, plan, current, detail))
    const ready = await replaceMachines(work, plan, machines)
    const { names: swapped, from } = plan.swapped
    const view = await armedView(session, ready, work.steps.timings)
    return { ...view, from: from.join(', '), to: plan.profile.distro.name, swapped }
  })
}

/**
 * Throws LabError swap-not-begun if there is no image: the old machines continue, and the lab is as ready as
 * before.
 */
async function newMachines(
  work: Work,
  { profile, hooks, decided }: SwapPlan,
  current: AnyLab,
  detail: (text: string) => void,
): Promise<Machine[]> {
  const { context } = work.session
  try {
    await sayEndOfLife(context, profile.distro)
    const step = stepControl(work, detail)
    return await prepareMachines(hooks, context, current, decided.machines, step)
  } catch (error) {
    if (isBegun(current) || !(error instanceof LabError) || error.fault.code !== 'driver') throw error
    const { lab, distro } = current
    const { fault } = error.fault
    throw new LabError(
      { code: 'swap-not-begun', lab, distro, asked: profile.distro.name, fault },
      { cause: error },
    )
  }
}

/** The transition is the intent: after a crash the next command makes machines of the new distro. */
async function replaceMachines(
  work: EngineWork,
  { profile, decided, swapped, identity, setup }: SwapPlan,
  machines: readonly Machine[],
): Promise<Lab<'ready'>> {
  const { context, writer } = work.session
  const current = writer.lab
  if (current === undefined || !isSwappable(current)) throw new TypeError('it was swappable under this lease')
  const presences = await lookAtMachines(context, work.plan.hooks, current)
  const patch = {
    profile: decided.profile,
    machines: [...machines],
    ...makeOfLab(machines),
    ...recordedSetup(setup),
  }
  // Of a swap that did not end, also those that it was to replace.
  const anew = withoutHostKey(machines)
  // Of the same distro, the engine would see nothing to change.
  const isSame = ({ name, distro }: Machine): boolean => anew.includes(name) && distro === profile.distro.name
  const remake = current.machines.filter(isSame).map(({ name }) => name)
  const making = { ...decideMaking(current, presences), anew, remake }
  const swapping = await makeMachines(work, { ...current, ...patch }, making, async (_writer, begun) => {
    const those = swapped.names.length < machines.length ? `${swapped.names.join(', ')}: ` : ''
    const message = `${those}${swapped.from.join(', ')} -> ${profile.distro.name}`
    const aliases = anew.map((name) => sshAlias(current.lab, name))
    await forgetHostKeys(context.space, current.lab, aliases)
    const moved = await writer.transition(current, 'swapping', { ...begun, message, patch })
    // Without the old host key: a session of right now is not told that somebody else answers.
    await writeLabSshConfig(context, moved, identity)
    return moved
  })
  await withMachines(work, writer.lab ?? swapping, (connections) =>
    configureMachines(work, connections, 'ready'),
  )
  return writer.transition(swapping, 'ready', { step: null, finish: true })
}
