import { CompleteSnapshotCommand, PutSnapshotBlockCommand, StartSnapshotCommand } from '@aws-sdk/client-ebs'
import { open, rm, type FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { GIB } from '../../../stacks/packing.js'
import { LabError } from '../../errors.js'
import { inParallelOrNone } from '../../in-parallel.js'
import { BLOCK, blocksOf, sha256, SnapshotMemory, type Block } from './blocks.js'
import { withEbs } from './ebs.js'
import { findSnapshots, removeSnapshot, type AwsSnapshot } from './snapshots.js'

export interface SnapshotPlace {
  readonly region: string
  /** The snapshot's Name tag. */
  readonly name: string
}

export interface SnapshotUpload {
  /** A raw disk of whole GiB. */
  readonly file: string
  readonly gib: number
  readonly description: string
  /** The tags by which the snapshot is found again. */
  readonly tags: Readonly<Record<string, string>>
  /** The same digest means the same content. */
  readonly digest: string
  /** A file for the progress of an interrupted upload. */
  readonly memory: string
}

export interface SnapshotOptions {
  readonly signal: AbortSignal
  /** In bytes, without zeros. */
  readonly onProgress: (done: number, total: number) => void
}

const AT_ONCE = 8
/** AWS's maximum: after three days without a block it abandons a snapshot. */
const TIMEOUT_MINUTES = 4_320
/** Completion takes seconds to minutes. */
const SEALING_POLL_MS = 5_000
const SEALING_POLLS = 360

export const snapshotUrl = ({ region, name }: SnapshotPlace): string => `ebs://${region}/${name}`

/**
 * Writes a disk into a snapshot, block by block, unless it exists already. Continues an earlier upload from
 * this computer. Blocks of zeros are not sent. The account's default decides whether it is encrypted, and
 * with which key. Throws LabError upload-failed, or like `withEc2`.
 */
export async function uploadSnapshot(
  place: SnapshotPlace,
  upload: SnapshotUpload,
  options: SnapshotOptions,
): Promise<{ readonly id: string; readonly outcome: 'uploaded' | 'kept' }> {
  const file = await open(upload.file)
  try {
    return await explained(place, options.signal, async () => {
      const found = await settle(place, upload, options.signal)
      if (found.state === 'complete') return { id: found.id, outcome: 'kept' }
      const memory = found.state === 'begun' ? found.memory : await begin(place, upload, options.signal)
      if (!memory.isSealed) await write(place, upload, file, memory, options)
      await waitUntilCompleted(place, upload, memory.snapshot, options.signal)
      await rm(upload.memory, { force: true })
      return { id: memory.snapshot, outcome: 'uploaded' }
    })
  } finally {
    await file.close()
  }
}

type Found =
  | { readonly state: 'none' }
  | { readonly state: 'begun'; readonly memory: SnapshotMemory }
  | { readonly state: 'complete'; readonly id: string }

/**
 * The snapshot of exactly this disk. Any other snapshot with its tags is removed: it is of another disk,
 * failed, or of unknown progress.
 */
async function settle(place: SnapshotPlace, upload: SnapshotUpload, signal: AbortSignal): Promise<Found> {
  const memory = await SnapshotMemory.read(upload.memory)
  const found = await findSnapshots(place.region, upload.tags, signal)
  const same = found.filter(({ tags }) => tags[DIGEST] === upload.digest)
  const kept =
    same.find(({ state }) => state === 'completed') ??
    same.find(({ id, state }) => state === 'pending' && id === memory?.snapshot)
  for (const { id } of found) if (id !== kept?.id) await removeSnapshot(place.region, id, signal)
  if (kept?.state === 'completed') return { state: 'complete', id: kept.id }
  return kept === undefined || memory === undefined ? { state: 'none' } : { state: 'begun', memory }
}

/** The tag that identifies the content. */
const DIGEST = 'distrolab-digest'

async function begin(
  { region, name }: SnapshotPlace,
  { gib, description, tags, digest, memory }: SnapshotUpload,
  signal: AbortSignal,
): Promise<SnapshotMemory> {
  const marks = { ...tags, Name: name, [DIGEST]: digest }
  const started = new StartSnapshotCommand({
    VolumeSize: gib,
    Description: description,
    Timeout: TIMEOUT_MINUTES,
    Tags: Object.entries(marks).map(([Key, Value]) => ({ Key, Value })),
  })
  const { SnapshotId = '' } = await withEbs(region, (client) => client.send(started, { abortSignal: signal }))
  return SnapshotMemory.begin(memory, SnapshotId)
}

/** Sends the missing blocks, and tells AWS that all are there; AWS verifies each block and the whole. */
async function write(
  { region }: SnapshotPlace,
  { gib }: SnapshotUpload,
  file: FileHandle,
  memory: SnapshotMemory,
  { signal, onProgress }: SnapshotOptions,
): Promise<void> {
  const SnapshotId = memory.snapshot
  const blocks = await blocksOf(file, gib * GIB, signal)
  const missing = blocks.filter(({ index }) => !memory.arrived.has(index))
  const total = blocks.length * BLOCK
  let done = total - missing.length * BLOCK
  onProgress(done, total)
  await withEbs(region, async (client) => {
    await inParallelOrNone(missing, AT_ONCE, signal, async ({ index, digest }, own) => {
      const { buffer } = await file.read(Buffer.alloc(BLOCK), 0, BLOCK, index * BLOCK)
      const block = { BlockIndex: index, BlockData: buffer, DataLength: BLOCK, ...checksum(digest) }
      await client.send(new PutSnapshotBlockCommand({ SnapshotId, ...block }), { abortSignal: own })
      await memory.addArrived(index)
      done += BLOCK
      onProgress(done, total)
    })
    const whole = { ...checksum(digestOf(blocks)), ChecksumAggregationMethod: 'LINEAR' } as const
    const completed = { SnapshotId, ChangedBlocksCount: blocks.length, ...whole }
    await client.send(new CompleteSnapshotCommand(completed), { abortSignal: signal })
  })
  await memory.addSealed()
}

const checksum = (digest: Buffer) =>
  ({ Checksum: digest.toString('base64'), ChecksumAlgorithm: 'SHA256' }) as const

/** Of the blocks' own digests, in their order. */
const digestOf = (blocks: readonly Block[]): Buffer =>
  sha256(Buffer.concat(blocks.map(({ digest }) => digest)))

/** No image can be made from it before. */
async function waitUntilCompleted(
  place: SnapshotPlace,
  { tags }: SnapshotUpload,
  id: string,
  signal: AbortSignal,
): Promise<void> {
  let snapshot: AwsSnapshot | undefined
  for (let poll = 0; poll < SEALING_POLLS; poll++) {
    if (poll > 0) await sleep(SEALING_POLL_MS, undefined, { signal })
    snapshot = (await findSnapshots(place.region, tags, signal)).find((each) => each.id === id)
    if (snapshot?.state === 'completed') return
    if (snapshot?.state !== 'pending') break
  }
  const reason = `the snapshot ${id} is ${snapshot?.state ?? 'missing'} ${snapshot?.reason ?? ''}`.trim()
  throw new LabError({ code: 'upload-failed', place: snapshotUrl(place), reason })
}

/** A failure on the way counts as the upload's: the same command continues. */
async function explained<T>(place: SnapshotPlace, signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LabError)) throw error
    const { fault } = error
    if (
      fault.code !== 'cloud-failed' &&
      fault.code !== 'cloud-unreachable' &&
      fault.code !== 'cloud-not-ready'
    )
      throw error
    const { reason } = fault
    throw new LabError({ code: 'upload-failed', place: snapshotUrl(place), reason }, { cause: error })
  }
}
