import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { QmpFailure, type QmpSession } from './qmp.js'

/**
 * Snapshots of a running machine with its memory, by QEMU's own jobs (qapi/migration.json, QEMU 6.0). Each
 * disk of `nodes` gets its disk part; the memory goes into the first.
 */
export type Nodes = readonly [string, ...string[]]

/** `partial`: only some disks have it, because QEMU was killed while taking it. */
export type SnapshotPresence = 'absent' | 'partial' | 'whole'

/** A slow disk can write or read a few gigabytes of memory in this time. */
const ANSWER_MS = 10 * 60_000
const POLL_MS = 20

interface BlockNode {
  readonly 'node-name': string
  readonly image: { readonly snapshots?: readonly { readonly name: string }[] }
}

interface Job {
  readonly id: string
  readonly status: string
  readonly error?: string
}

export async function snapshotPresence(
  session: QmpSession,
  tag: string,
  nodes: Nodes,
): Promise<SnapshotPresence> {
  const all = (await session.execute('query-named-block-nodes', { flat: true })) as readonly BlockNode[]
  const having = all.filter(
    (node) =>
      nodes.includes(node['node-name']) && (node.image.snapshots ?? []).some(({ name }) => name === tag),
  )
  if (having.length === 0) return 'absent'
  return having.length === nodes.length ? 'whole' : 'partial'
}

/** The guest stands still meanwhile. Throws QmpFailure; the guest then continues as before. */
export async function saveSnapshot(session: QmpSession, tag: string, nodes: Nodes): Promise<void> {
  await runJob(session, 'snapshot-save', { tag, vmstate: nodes[0], devices: nodes })
}

/** Throws QmpFailure; the guest is then unusable. */
export async function loadSnapshot(session: QmpSession, tag: string, nodes: Nodes): Promise<void> {
  await runJob(session, 'snapshot-load', { tag, vmstate: nodes[0], devices: nodes })
}

export async function deleteSnapshot(session: QmpSession, tag: string, nodes: Nodes): Promise<void> {
  await runJob(session, 'snapshot-delete', { tag, devices: nodes })
}

/**
 * The guest runs afterwards, whatever had stopped it: an interrupted start, a load, a full disk of the host.
 */
export async function resumeGuest(session: QmpSession): Promise<void> {
  const { running } = (await session.execute('query-status')) as { readonly running: boolean }
  if (!running) await session.execute('cont')
}

/** A unique name, so that a job left by a killed driver is not in the way. */
async function runJob(session: QmpSession, command: string, args: object): Promise<void> {
  const id = `distrolab-${randomUUID()}`
  session.waitUpTo(ANSWER_MS)
  await session.execute(command, { 'job-id': id, ...args })
  for (;;) {
    const jobs = (await session.execute('query-jobs')) as readonly Job[]
    const job = jobs.find((candidate) => candidate.id === id)
    if (job === undefined) throw new QmpFailure(command, 'its job has vanished')
    if (job.status === 'concluded') {
      await session.execute('job-dismiss', { id })
      if (job.error !== undefined) throw new QmpFailure(command, job.error)
      return
    }
    await sleep(POLL_MS)
  }
}
