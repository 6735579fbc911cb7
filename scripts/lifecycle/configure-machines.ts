import type { AnyLab } from '../../backend/lab.js'
import { waitForCloudInit } from '../machine/cloud-init.js'
import type { Connection } from '../machine/connect.js'
import { waitForSsh } from '../machine/wait-ssh.js'
import type { Session } from './gate.js'
import type { Work } from './make-machines.js'
import { targetOf, writeLabSshConfig } from './reach.js'
import type { Steps } from './steps.js'

/** From the machine's start; the slowest measured first boot without KVM took under one minute. */
const SSH_TIMEOUT_MS = 5 * 60_000
const CLOUD_INIT_TIMEOUT_MS = 5 * 60_000

/**
 * The step `wait-ssh`, and then `next` with a connection to each machine, in the lab's order. The host keys shown are
 * pinned, and the lab's ssh configuration is written. `record` writes the step's beginning.
 */
export async function withMachines(
  work: Work,
  lab: AnyLab,
  next: (connections: readonly Connection[]) => Promise<void>,
  record?: Parameters<Steps['run']>[2],
): Promise<void> {
  const connections: Connection[] = []
  try {
    await work.steps.run('wait-ssh', (detail) => reachMachines(work, lab, connections, detail), record)
    await next(connections)
  } finally {
    connections.forEach((connection) => connection.end())
  }
}

async function reachMachines(
  { session, plan }: Work,
  lab: AnyLab,
  connections: Connection[],
  detail: (text: string) => void,
): Promise<void> {
  const { context, writer, signal } = session
  const machines: AnyLab['machines'] = []
  for (const machine of lab.machines) {
    const connection = await waitForSsh(targetOf(context, lab, machine, plan.identity), {
      timeoutMs: SSH_TIMEOUT_MS,
      signal,
      onSeen: detail,
      consoleTail: () => plan.hooks.consoleTail(lab, machine),
    })
    connections.push(connection)
    machines.push({ ...machine, hostKey: connection.hostKey })
  }
  await writer.update({ machines })
  await writeLabSshConfig(context, writer.lab ?? lab, plan.identity)
}

/** What is left to do until a machine is as `up --wait ready` promises it: the step `cloud-init`. */
export async function configureMachines(
  { session, steps }: Work,
  connections: readonly Connection[],
): Promise<void> {
  await steps.run('cloud-init', (detail) => finishCloudInit(session, connections, detail))
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
