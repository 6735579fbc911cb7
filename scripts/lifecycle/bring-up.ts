import type { AnyLab, Lab } from '../../backend/lab.js'
import { LabError } from '../errors.js'
import { apply } from '../engine/tofu.js'
import type { Engine } from '../engine/resolve.js'
import { waitForCloudInit } from '../machine/cloud-init.js'
import { waitForSsh } from '../machine/wait-ssh.js'
import type { Connection } from '../machine/connect.js'
import { initialiseEngine, runOperation, settleEngine, writeConfiguration } from './engine-session.js'
import { expiryOf } from './expiry.js'
import type { Session } from './gate.js'
import type { Presence, StepControl } from './provider-hooks.js'
import { targetOf, writeLabSshConfig } from './reach.js'
import { Steps, type Timing } from './steps.js'
import { decide, type LabPlan } from './plan-lab.js'

/** From the machine's start; the slowest measured first boot without KVM took under one minute. */
const SSH_TIMEOUT_MS = 5 * 60_000
const CLOUD_INIT_TIMEOUT_MS = 5 * 60_000

const MAKE = ['image', 'synth', 'init', 'apply'] as const
const STEPS = {
  none: [...MAKE],
  ssh: [...MAKE, 'wait-ssh'],
  ready: [...MAKE, 'wait-ssh', 'cloud-init'],
} as const

interface Work {
  readonly session: Session
  readonly plan: LabPlan
  readonly engine: Engine
  readonly steps: Steps
}

/** Makes what is missing of a lab, from whatever state it is in, until it is as ready as `--wait` asks. */
export async function bringUp(
  session: Session,
  plan: LabPlan,
  engine: Engine,
): Promise<{ readonly lab: AnyLab; readonly timings: readonly Timing[] }> {
  const { wait } = session.context.settings
  const steps = new Steps(session, STEPS[wait])
  const work: Work = { session, plan, engine, steps }
  const provisioned = await provision(work)
  if (wait === 'none') {
    await writeLabSshConfig(session.context, provisioned, plan.identity)
    await session.writer.finish()
    return { lab: session.writer.lab ?? provisioned, timings: steps.timings }
  }
  return { lab: await configure(work, provisioned), timings: steps.timings }
}

async function provision(work: Work): Promise<Lab<'provisioned'>> {
  const { session, plan, engine, steps } = work
  const { context, writer, signal } = session
  await settleEngine(session, 'wait')
  const isNew = writer.lab === undefined || writer.lab.state === 'destroyed'
  const started = await beginProvisioning(work)
  const presences = await Promise.all(
    started.machines.map(
      async (machine) =>
        [machine.name, isNew ? 'absent' : await plan.hooks.presence(started, machine)] as const,
    ),
  )
  const control = (detail: StepControl['detail']): StepControl => ({ signal, detail })

  await steps.run(
    'image',
    async (detail) => {
      if (presences.every(([, presence]) => presence !== 'absent')) return
      const pinned = started.image?.id
      const { image, remark } = await plan.hooks.prepareImage(context, plan.profile, pinned, control(detail))
      if (remark !== undefined) context.progress.say(remark)
      sayLostMachines(context, started, presences)
      await writer.update({ image, machines: forgetLostMachines(started, presences) })
    },
    // Recorded by the transition that began it.
    async () => undefined,
  )
  const lab = writer.lab ?? started
  const spec = plan.hooks.buildSpec(context, lab, plan.profile)
  const folder = await steps.run('synth', () => writeConfiguration(session, spec))
  await steps.run('init', (detail) => initialiseEngine(session, engine, folder, spec.state, detail))
  await steps.run('apply', async (detail) => {
    const absent = presences.filter(([, presence]) => presence === 'absent').map(([name]) => name)
    const replace = started.image === null ? [] : absent.map((name) => plan.hooks.replaceAddress(name))
    await runOperation(session, engine, folder, detail, (run) => apply(run, replace))
    for (const [name, presence] of presences) {
      if (presence === 'stopped' || presence === 'partial')
        await plan.hooks.start(spec, name, control(detail))
    }
  })
  return writer.transition(started, 'provisioned', { step: null })
}

/** The intent is on record, with the step that begins, before anything is made. */
async function beginProvisioning({ session, plan }: Work): Promise<Lab<'provisioning'>> {
  const { context, writer, lease } = session
  const known = writer.lab
  if (known?.state === 'destroying') throw new LabError({ code: 'lab-being-destroyed', lab: known.lab })
  if (known === undefined || known.state === 'destroyed') {
    const decided = await decide(context, plan, expiryOf(context.settings.ttl, lease.storeTime()))
    if (known === undefined) return writer.create(decided, { step: 'image' })
    return writer.transition(known, 'provisioning', { patch: decided, step: 'image' })
  }
  return writer.transition(known, 'provisioning', { step: 'image' })
}

/** Nobody should wonder why a machine has forgotten everything and shows another host key. */
function sayLostMachines(
  { progress }: Session['context'],
  lab: AnyLab,
  presences: readonly (readonly [string, Presence])[],
): void {
  for (const [name, presence] of presences) {
    const wasReached = lab.machines.some((machine) => machine.name === name && machine.hostKey !== null)
    if (presence === 'absent' && wasReached)
      progress.say(`${lab.lab}/${name} is gone with its disk: it is made anew and gets a new host key`)
  }
}

/** A machine whose disk is gone will be a new one, with a new host key. */
function forgetLostMachines(
  lab: AnyLab,
  presences: readonly (readonly [string, Presence])[],
): AnyLab['machines'] {
  const lost = new Set(presences.filter(([, presence]) => presence === 'absent').map(([name]) => name))
  return lab.machines.map((machine) => (lost.has(machine.name) ? { ...machine, hostKey: null } : machine))
}

async function configure(work: Work, provisioned: Lab<'provisioned'>): Promise<Lab<'ready'>> {
  const { session, steps } = work
  const { context, writer } = session
  const connections: Connection[] = []
  try {
    const configuring = await beginConfiguring(work, provisioned, connections)
    if (context.settings.wait === 'ready') {
      await steps.run('cloud-init', (detail) => finishCloudInit(session, connections, detail))
    }
    return await writer.transition(configuring, 'ready', { step: null, finish: true })
  } finally {
    connections.forEach((connection) => connection.end())
  }
}

async function beginConfiguring(
  { session, plan, steps }: Work,
  provisioned: Lab<'provisioned'>,
  connections: Connection[],
): Promise<Lab<'configuring'>> {
  const { context, writer, signal } = session
  let configuring: Lab<'configuring'> | undefined
  await steps.run(
    'wait-ssh',
    async (detail) => {
      const machines: AnyLab['machines'] = []
      for (const machine of provisioned.machines) {
        const connection = await waitForSsh(targetOf(context, provisioned, machine, plan.identity), {
          timeoutMs: SSH_TIMEOUT_MS,
          signal,
          onSeen: detail,
          consoleTail: () => plan.hooks.consoleTail(provisioned, machine),
        })
        connections.push(connection)
        machines.push({ ...machine, hostKey: connection.hostKey })
      }
      await writer.update({ machines })
      await writeLabSshConfig(context, writer.lab ?? provisioned, plan.identity)
    },
    async (_writer, extras) => {
      configuring = await writer.transition(provisioned, 'configuring', extras)
    },
  )
  if (configuring === undefined) throw new TypeError('the step was recorded')
  return configuring
}

async function finishCloudInit(
  { context, lab, log, signal, writer }: Session,
  connections: readonly Connection[],
  detail: (text: string) => void,
): Promise<void> {
  for (const [index, connection] of connections.entries()) {
    const machine = writer.lab?.machines[index]?.name ?? ''
    const outcome = await waitForCloudInit(connection, {
      ...{ lab, machine, timeoutMs: CLOUD_INIT_TIMEOUT_MS, signal },
      onStage: (stage) => detail(`cloud-init: ${stage}`),
    })
    if (outcome.status === 'done') continue
    log.warn('cloud-init is degraded', { machine, warnings: outcome.warnings })
    context.progress.say(`cloud-init finished with warnings on ${machine}: ${outcome.warnings.join('; ')}`)
  }
}
