import { isDeepStrictEqual } from 'node:util'
import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import type { Context } from '../context.js'
import { onEachMachine } from '../each-machine.js'
import { setClock } from '../machine/clock.js'
import { waitForCloudInit } from '../machine/cloud-init.js'
import type { Connection } from '../machine/connect.js'
import { fingerprint } from '../machine/public-key.js'
import { waitForSsh } from '../machine/wait-ssh.js'
import { makesMachines } from '../providers/maker.js'
import type { StepControl } from '../providers/provider.js'
import type { Wait } from '../settings.js'
import { applyFixtures } from './fixtures.js'
import { introduceMachines } from './mesh.js'
import { setUpMachines } from './setup.js'
import type { Session } from './gate.js'
import { targetOf, writeLabSshConfig } from './reach.js'
import { acceptingOwn } from './own-machine.js'
import { plantMarker } from './marker.js'
import { reviveOf } from './revive.js'
import { asOwnWrite, type RecordStep } from './steps.js'
import { stepControl, type Work } from './work.js'

/**
 * The step `wait-ssh`, and then `next` with a connection to each machine, in the lab's order. The host keys shown are
 * pinned, and the lab's ssh configuration is written.
 */
export async function withMachines<T>(
  work: Work,
  lab: AnyLab,
  next: (connections: readonly Connection[]) => Promise<T>,
): Promise<T> {
  const [, result] = await withMachinesRecorded(work, lab, next, asOwnWrite)
  return result
}

/** As `withMachines`. `record` writes the step's beginning; what it wrote is returned too. */
export async function withMachinesRecorded<T, R>(
  work: Work,
  lab: AnyLab,
  next: (connections: readonly Connection[]) => Promise<T>,
  record: RecordStep<R>,
): Promise<readonly [recorded: R, result: T]> {
  const connections: Connection[] = []
  const reach = (detail: (text: string) => void): Promise<void> =>
    reachMachines(work, lab, connections, detail)
  try {
    const [recorded] = await work.steps.runRecorded('wait-ssh', reach, record)
    return [recorded, await next(connections)]
  } finally {
    connections.forEach((connection) => connection.end())
  }
}

async function reachMachines(
  work: Work,
  lab: AnyLab,
  connections: Connection[],
  detail: (text: string) => void,
): Promise<void> {
  const { session, plan } = work
  const { context, writer } = session
  const revive = reviveOf(work, lab, detail)
  const machines = await onEachMachine(
    lab.machines,
    stepControl(work, detail),
    async (machine, step, index) => {
      const options = {
        timeoutMs: context.settings.waitTimeout,
        signal: step.signal,
        onSeen: step.detail,
        consoleTail: async () => (await plan.hooks.consoleTail?.(lab, machine)) ?? '',
        betweenAttempts: revive === undefined ? undefined : () => revive(machine),
      }
      const target = targetOf(context, lab, machine, plan.identity)
      const connection = await acceptingOwn(session, lab, machine, target, (at) => waitForSsh(at, options))
      if (machine.hostKey === null && !makesMachines(plan.hooks)) sayPinned(context, lab, machine, connection)
      connections[index] = connection
      return { ...machine, hostKey: connection.hostKey }
    },
  )
  if (!isDeepStrictEqual(machines, writer.lab?.machines)) await writer.update({ machines })
  await writeLabSshConfig(context, writer.lab ?? lab, plan.identity)
}

/** At first contact nothing proves whose machine it is, but whoever made it knows its key. */
function sayPinned(
  { progress }: Pick<Context, 'progress'>,
  { lab }: AnyLab,
  { name }: Machine,
  { hostKey }: Connection,
): void {
  const [type = '', blob = ''] = hostKey.split(' ')
  progress.say(`${lab}/${name}: pinned the host key it showed at first contact: ${type} ${fingerprint(blob)}`)
}

/** The remaining work until the machines are as `--wait` promises; that is their baseline. */
export async function configureMachines(
  work: Work,
  connections: readonly Connection[],
  wait: Exclude<Wait, 'none'>,
): Promise<void> {
  const { session, plan, steps } = work
  const { baseline } = plan.hooks
  if (wait === 'ready') {
    await furnishMachines(work, connections)
  }
  if (baseline === undefined) return
  if (baseline.kind === 'snapshot')
    await steps.run('baseline', async (detail) => {
      await onEachMachine(reached(session, connections), stepControl(work, detail), async (each, step) => {
        const outcome = await baseline.take(each.machine, wait, step)
        if (outcome === 'taken') await setMachineClock(session, each.machine, each.connection)
      })
    })
  await steps.run('mark', (detail) =>
    changeMachines(session, connections, stepControl(work, detail), async (machine, connection) => {
      const marker = await plantMarker(session, machine, connection)
      return [{ ...machine, marker }, undefined]
    }),
  )
}

/** All that is done to new machines before their baseline. */
export async function furnishMachines(work: Work, connections: readonly Connection[]): Promise<void> {
  await waitForConfiguration(work, connections)
  await introduceMachines(work, connections)
  await setUpMachines(work, connections)
  await applyFixtures(work, connections)
}

/** Records what becomes of each machine of the lab, all at the same time, and returns what else is to be said of each. */
export async function changeMachines<T>(
  session: Session,
  connections: readonly Connection[],
  control: StepControl,
  change: (machine: Machine, connection: Connection) => Promise<readonly [machine: Machine, told: T]>,
): Promise<T[]> {
  const changed = await onEachMachine(reached(session, connections), control, ({ machine, connection }) =>
    change(machine, connection),
  )
  await session.writer.update({ machines: changed.map(([machine]) => machine) })
  return changed.map(([, told]) => told)
}

interface Reached {
  readonly name: string
  readonly machine: Machine
  readonly connection: Connection
}

/** `connections` as from withMachines. */
const reached = ({ writer }: Session, connections: readonly Connection[]): Reached[] =>
  connections.flatMap((connection, index) => {
    const machine = writer.lab?.machines[index]
    return machine === undefined ? [] : [{ name: machine.name, machine, connection }]
  })

const waitForConfiguration = (work: Work, connections: readonly Connection[]): Promise<void> =>
  work.steps.run('cloud-init', async (detail) => {
    const machines = reached(work.session, connections)
    await onEachMachine(machines, stepControl(work, detail), (each, step) =>
      finishCloudInit(work.session, each, step),
    )
  })

/** Returns how much the clocks can differ afterwards at most, in milliseconds. */
export async function setMachineClock(
  { lab, signal, log }: Session,
  { name, user }: Machine,
  connection: Connection,
): Promise<number> {
  const { withinMs } = await setClock(connection, { lab, machine: name, user, signal })
  log.info('clock set', { machine: name, withinMs })
  return withinMs
}

async function finishCloudInit(
  { context, lab, log }: Session,
  { name: machine, connection }: Reached,
  { signal, detail }: StepControl,
): Promise<void> {
  const outcome = await waitForCloudInit(connection, {
    lab,
    machine,
    timeoutMs: context.settings.waitTimeout,
    signal,
    onStage: (stage) => detail(`cloud-init: ${stage}`),
  })
  if (outcome.status === 'done') return
  log.warn('cloud-init is degraded', { machine, warnings: outcome.warnings })
  context.progress.say(`cloud-init finished with warnings on ${machine}: ${outcome.warnings.join('; ')}`)
}
