import { open, type FileHandle } from 'node:fs/promises'
import type { PageBlobClient } from '@azure/storage-blob'
import { inParallelOrNone } from '../../in-parallel.js'
import type { BlobPlace } from './blob-place.js'
import { explainedOfBlob, isAbsent, isCode, openPageBlob, within } from './page-blob.js'

export interface PageUpload {
  readonly file: string
  /** A multiple of 512, as for every page blob. */
  readonly bytes: number
  /** Kept with the blob: the same `digest` and length mean the same content. */
  readonly marks: Readonly<Record<string, string>> & { readonly digest: string }
}

export interface UploadOptions {
  readonly signal: AbortSignal
  /** In bytes, without zeros. */
  readonly onProgress: (done: number, total: number) => void
}

/** Bytes of one request, which is Azure's maximum. An interruption can lose each request that is running. */
const PART = 4 * 1024 * 1024
const AT_ONCE = 4

interface Part {
  readonly offset: number
  readonly length: number
}

/**
 * Uploads a file into a page blob, unless it exists already. Continues an earlier upload of it, from any
 * computer. Ranges of zeros are not sent, because a new page blob is zeros
 * (https://learn.microsoft.com/rest/api/storageservices/put-page). Throws LabError like `explainedOfBlob`.
 */
export async function uploadPages(
  place: BlobPlace,
  upload: PageUpload,
  options: UploadOptions,
): Promise<'uploaded' | 'kept'> {
  const { signal } = options
  const file = await open(upload.file)
  try {
    return await explainedOfBlob(place, signal, async () => {
      const blob = await openPageBlob(place)
      const found = await findUpload(blob, upload, signal)
      if (found === 'complete') return 'kept'
      if (found === 'other') await blob.create(upload.bytes, { ...within(signal), metadata: marksOf(upload) })
      const arrived = found === 'begun' ? await arrivedIn(blob, signal) : []
      await send(blob, file, await partsOf(file, upload.bytes, signal), arrived, options)
      await blob.setMetadata({ ...marksOf(upload), complete: 'true' }, within(signal))
      return 'uploaded'
    })
  } finally {
    await file.close()
  }
}

/** The names of blob metadata have no dashes. */
function marksOf({ marks, bytes }: PageUpload): Record<string, string> {
  const named = Object.entries(marks).map(([name, value]) => [name.replaceAll('-', '_'), value])
  return { ...(Object.fromEntries(named) as Record<string, string>), bytes: String(bytes) }
}

/** `other`: no blob, or one with other content, which a new one replaces. */
async function findUpload(
  blob: PageBlobClient,
  { marks, bytes }: PageUpload,
  signal: AbortSignal,
): Promise<'complete' | 'begun' | 'other'> {
  try {
    const { metadata = {}, contentLength, blobType } = await blob.getProperties(within(signal))
    const isSame = metadata['digest'] === marks.digest && metadata['bytes'] === String(bytes)
    if (!isSame || contentLength !== bytes || blobType !== 'PageBlob') return 'other'
    return metadata['complete'] === 'true' ? 'complete' : 'begun'
  } catch (error) {
    if (isAbsent(error)) return 'other'
    throw error
  }
}

/** What has been written, in order, with adjacent ranges merged. */
async function arrivedIn(blob: PageBlobClient, signal: AbortSignal): Promise<Part[]> {
  const arrived: Part[] = []
  for await (const { start, end, isClear } of blob.listPageRanges(0, undefined, within(signal))) {
    if (isClear) continue
    const last = arrived.at(-1)
    const length = end + 1 - start
    if (last !== undefined && last.offset + last.length === start)
      arrived.splice(-1, 1, { offset: last.offset, length: last.length + length })
    else arrived.push({ offset: start, length })
  }
  return arrived
}

/** The ranges that are not all zeros. */
async function partsOf(file: FileHandle, bytes: number, signal: AbortSignal): Promise<Part[]> {
  const parts: Part[] = []
  const zeros = Buffer.alloc(PART)
  const buffer = Buffer.alloc(PART)
  for (let offset = 0; offset < bytes; offset += PART) {
    signal.throwIfAborted()
    const length = Math.min(PART, bytes - offset)
    await file.read(buffer, 0, length, offset)
    if (buffer.compare(zeros, 0, length, 0, length) !== 0) parts.push({ offset, length })
  }
  return parts
}

async function send(
  blob: PageBlobClient,
  file: FileHandle,
  parts: readonly Part[],
  arrived: readonly Part[],
  { signal, onProgress }: UploadOptions,
): Promise<void> {
  const isThere = ({ offset, length }: Part): boolean =>
    arrived.some((range) => range.offset <= offset && range.offset + range.length >= offset + length)
  const missing = parts.filter((part) => !isThere(part))
  const total = bytesIn(parts)
  let done = total - bytesIn(missing)
  onProgress(done, total)
  await inParallelOrNone(missing, AT_ONCE, signal, async ({ offset, length }, own) => {
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset)
    await blob.uploadPages(buffer, offset, length, within(own))
    done += length
    onProgress(done, total)
  })
}

const bytesIn = (parts: readonly Part[]): number => parts.reduce((sum, { length }) => sum + length, 0)

/** Removes a blob with its snapshots; true while it still exists. */
export async function removeBlob(place: BlobPlace, signal: AbortSignal): Promise<boolean> {
  return explainedOfBlob(place, signal, async () => {
    const blob = await openPageBlob(place)
    try {
      await blob.deleteIfExists({ ...within(signal), deleteSnapshots: 'include' })
      return await blob.exists(within(signal))
    } catch (error) {
      if (isCode(error, 'ContainerNotFound')) return false
      throw error
    }
  })
}
