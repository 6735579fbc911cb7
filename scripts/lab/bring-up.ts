import type { AnyLab, Lab } from '../../backend/lab.js'
import { makeOfLab } from '../../backend/machines.js'
import type { Engine } from '../engine/resolve.js'
import { forgetHostKeys, sshAlias } from '../machine/ssh-config.js'
import { makesMachines } from '../providers/maker.js'
import type { MakerProvider, StepControl } from '../providers/provider.js'
import type { Wait } from '../settings.js'
import { configureMachines, withMachinesRecorded } from './configure-machines.js'
import { decideMaking, type Make, type Making } from './decide-up.js'
import { sayEndOfLife } from './end-of-life.js'
import { furnishing } from './furnishing.js'
import { settleEngine } from './engine-session.js'
import type { Session } from './gate.js'
import { makeMachines, type EngineWork } from './make-machines.js'
import { decide, type LabPlan } from './plan-lab.js'
import { assertSetupHere, recordedSetup } from './planned-setup.js'
import { prepareMachines } from './prepare-image.js'
import { lookAtMachines, presencesOfNew } from './presences.js'
import { writeLabSshConfig } from './reach.js'
import { upSteps } from './step-lists.js'
import { alreadyRecorded, asOwnWrite, Steps, type Timing } from './steps.js'
import { expiryOf } from './time-left.js'
import { wakeMachines } from './wake-machines.js'
import { stepControl, type Work } from './work.js'

/** Makes what is missing of a lab, as `decideUp` says, until it is as ready as `--wait` asks. */
export async function bringUp(
  session: Session,
  plan: LabPlan,
  engine: Engine,
  decision: Make,
): Promise<{ readonly lab: AnyLab; readonly timings: readonly Timing[] }> {
  const { wait } = session.context.settings
  if (wait === 'ready') assertSetupHere(plan.lab, plan.setup)
  const steps = new Steps(session, upSteps(wait, plan.hooks.baseline?.kind, furnishing(plan)))
  const work: EngineWork = { session, plan, engine, steps }
  const provisioned = await provision(work, decision)
  if (wait === 'none') {
    await writeLabSshConfig(session.context, provisioned, plan.identity)
    await session.writer.finish()
    return { lab: session.writer.lab ?? provisioned, timings: steps.timings }
  }
  return { lab: await configure(work, provisioned, wait), timings: steps.timings }
}

async function provision(work: EngineWork, decision: Make): Promise<Lab<'provisioned'>> {
  const { session } = work
  const { former } = decision
  await settleEngine(session, 'wait')
  const isNew = former === undefined || former.state === 'destroyed'
  if (!isNew) await wakeMachines(session, work.plan.hooks, former)
  const started = await beginProvisioning(work, decision)
  const presences = isNew
    ? presencesOfNew(work.plan.hooks, started.machines)
    : await lookAtMachines(session.context, work.plan.hooks, started)
  const making = decideMaking(former, presences)
  try {
    return await makeAll(work, started, making)
  } catch (error) {
    if (former?.state === 'ready' && isKept(decision, making)) await withdraw(work)
    throw error
  }
}

const isKept = ({ allowFrom }: Make, { replace, start }: Making): boolean =>
  allowFrom === undefined && replace.length === 0 && start.length === 0

/** An interrupt before anything was changed leaves a lab whose machines all run as ready as it was. */
async function withdraw({ session }: Work): Promise<void> {
  const { context, lease, writer } = session
  const { lab } = writer
  if (!context.interrupt.signal.aborted || lease.lost.aborted) return
  if (lab?.state !== 'provisioning' || !ONLY_LOOKS.has(lab.step?.name)) return
  await writer.transition(lab, 'ready', { message: 'interrupted before anything was changed' })
}

/** The steps of `up` before `apply`, which change nothing about existing machines. */
const ONLY_LOOKS: ReadonlySet<string | undefined> = new Set(['image', 'synth', 'init'])

async function makeAll(
  work: EngineWork,
  started: Lab<'provisioning'>,
  making: Making,
): Promise<Lab<'provisioned'>> {
  const { session, steps } = work
  const { writer } = session
  await steps.runRecorded(
    'image',
    async (detail) => {
      const { hooks } = work.plan
      if (makesMachines(hooks) && making.anew.length > 0)
        await pinImages(work, hooks, started, making, stepControl(work, detail))
    },
    alreadyRecorded,
  )
  await makeMachines(work, writer.lab ?? started, making, asOwnWrite)
  return writer.transition(started, 'provisioned', { step: null })
}

/** The intent is on record, with the step that begins, before anything is made. */
async function beginProvisioning(
  { session, plan }: Work,
  { former, allowFrom }: Make,
): Promise<Lab<'provisioning'>> {
  const { context, writer, lease } = session
  if (former === undefined || former.state === 'destroyed') {
    for (const distro of new Set(plan.machines.map(({ profile }) => profile.distro)))
      await sayEndOfLife(context, distro)
    // Files can be written without credentials; machines cannot be made.
    const account = await plan.hooks.account?.(context.interrupt.signal)
    const decided = {
      ...(await decide(context, plan, expiryOf(context.settings.ttl, lease.storeTime()))),
      ...(account === undefined ? {} : { account }),
    }
    if (former === undefined) return writer.create(decided, { step: 'image' })
    return writer.transition(former, 'provisioning', { patch: decided, step: 'image' })
  }
  const patch = {
    ...(allowFrom === undefined ? {} : { allowFrom: [...allowFrom] }),
    ...recordedSetup(plan.setup),
  }
  return writer.transition(former, 'provisioning', { patch, step: 'image' })
}

async function pinImages(
  { session, plan }: Work,
  hooks: MakerProvider,
  lab: AnyLab,
  { anew, replace }: Making,
  step: StepControl,
): Promise<void> {
  const { context, writer } = session
  const { provider, region } = lab
  const place = { provider, region, askedDiskGiB: context.settings.diskGiB ?? plan.profile.diskGiB }
  const made = lab.machines.filter(({ name }) => anew.includes(name))
  const prepared = await prepareMachines(hooks, context, place, made, step)
  const lost = new Set(replace)
  for (const { name, hostKey } of lab.machines) {
    // Tells the user why a machine has lost its data and shows another host key.
    if (lost.has(name) && hostKey !== null)
      context.progress.say(`${lab.lab}/${name} is gone with its disk: recreating it, with a new host key`)
  }
  const machines = lab.machines.map((machine) => {
    const next = prepared.find(({ name }) => name === machine.name) ?? machine
    return lost.has(machine.name) ? { ...next, hostKey: null } : next
  })
  // Before the record: after a crash in between, the next command gets here again.
  const aliases = [...lost].map((name) => sshAlias(lab.lab, name))
  await forgetHostKeys(context.space, lab.lab, aliases)
  await writer.update({ machines, ...makeOfLab(machines) })
}

async function configure(
  work: Work,
  provisioned: Lab<'provisioned'>,
  wait: Exclude<Wait, 'none'>,
): Promise<Lab<'ready'>> {
  const { writer } = work.session
  const [configuring] = await withMachinesRecorded(
    work,
    provisioned,
    (connections) => configureMachines(work, connections, wait),
    (_writer, begun) => writer.transition(provisioned, 'configuring', begun),
  )
  return writer.transition(configuring, 'ready', { step: null, finish: true })
}
