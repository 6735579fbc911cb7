import { open, rm, type FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { readIfPlain } from '../../../backend/plain-file.js'
import { putFile } from '../../workspace.js'
import { isStatus, ObjectApi, StorageError, type ObjectPlace, type StorageOptions } from './storage.js'

export interface Upload {
  readonly file: string
  readonly bytes: number
  readonly contentType: string
  /** Kept with the object: the same `digest` means the same content. */
  readonly marks: Readonly<Record<string, string>> & { readonly digest: string }
  /** A file for the session of an interrupted upload. Anyone who can read it can write this object. */
  readonly memory: string
}

/** How much an interruption can lose, in bytes; Google requires a multiple of 256 KiB. */
const CHUNK = 8 * 1024 * 1024
const ATTEMPTS_WITHOUT_PROGRESS = 5

/**
 * Uploads a file into a bucket, unless it exists already; continues an earlier upload of it
 * (https://cloud.google.com/storage/docs/performing-resumable-uploads). Throws LabError upload-failed or,
 * about the bucket and its rights, BackendError.
 */
export async function uploadObject(
  place: ObjectPlace,
  upload: Upload,
  options: StorageOptions & { readonly onProgress: (bytes: number) => void },
): Promise<'uploaded' | 'kept'> {
  const api = new ObjectApi(place, options)
  const file = await open(upload.file)
  try {
    return await api.explained(async () => {
      if (await isKept(api, upload)) return 'kept'
      await send(api, file, upload, options)
      await rm(upload.memory, { force: true })
      return 'uploaded'
    })
  } finally {
    await file.close()
    await api.close()
  }
}

interface StoredObject {
  readonly size?: string
  readonly generation?: string
  readonly name?: string
  readonly metadata?: Readonly<Record<string, string>>
}

const objectPath = ({ bucket, prefix }: ObjectPlace): string =>
  `/storage/v1/b/${bucket}/o/${encodeURIComponent(prefix)}`

async function isKept(api: ObjectApi, { bytes, marks }: Upload): Promise<boolean> {
  try {
    const response = await api.ask(api.url(objectPath(api.place)), { method: 'GET' })
    const { size, metadata } = (await response.json()) as StoredObject
    return Number(size) === bytes && metadata?.['digest'] === marks.digest
  } catch (error) {
    if (isStatus(error, 404)) return false
    throw error
  }
}

/** Lost data is sent again; each chunk that arrives resets the count of failures. */
async function send(
  api: ObjectApi,
  file: FileHandle,
  upload: Upload,
  { signal, onProgress }: StorageOptions & { readonly onProgress: (bytes: number) => void },
): Promise<void> {
  let { session, arrived } = await resume(api, upload)
  onProgress(arrived)
  for (let failures = 0; arrived < upload.bytes;) {
    try {
      arrived = await sendChunk(api, file, upload, session, arrived)
      failures = 0
      onProgress(arrived)
    } catch (error) {
      signal.throwIfAborted()
      failures += 1
      if (failures >= ATTEMPTS_WITHOUT_PROGRESS || !isPassing(error)) throw error
      await sleep(250 * 2 ** failures, undefined, { signal })
      const now = await resume(api, upload).catch(() => ({ session, arrived }))
      session = now.session
      arrived = now.arrived
    }
  }
}

/** Anything except a permanent refusal. */
const isPassing = (error: unknown): boolean =>
  !(error instanceof StorageError) || error.code >= 500 || [404, 408, 410, 429].includes(error.code)

/** The earlier session and how many bytes have arrived in it, or a new one. */
async function resume(
  api: ObjectApi,
  upload: Upload,
): Promise<{ readonly session: string; readonly arrived: number }> {
  const known = await readIfPlain(upload.memory)
  if (known !== undefined) {
    try {
      const headers = { 'content-range': `bytes */${upload.bytes}` }
      return { session: known, arrived: arrivedIn(await api.ask(known, { method: 'PUT', headers }), upload) }
    } catch (error) {
      // Google forgets a session after a week.
      if (!isStatus(error, 400, 404, 410)) throw error
    }
  }
  const { bucket, prefix } = api.place
  const query = new URLSearchParams({ uploadType: 'resumable', name: prefix })
  const response = await api.ask(api.url(`/upload/storage/v1/b/${bucket}/o?${query.toString()}`), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-upload-content-type': upload.contentType,
      'x-upload-content-length': String(upload.bytes),
    },
    body: JSON.stringify({ contentType: upload.contentType, metadata: upload.marks }),
  })
  await response.body?.cancel()
  const session = response.headers.get('location') ?? ''
  await putFile(upload.memory, session)
  return { session, arrived: 0 }
}

async function sendChunk(
  api: ObjectApi,
  file: FileHandle,
  upload: Upload,
  session: string,
  from: number,
): Promise<number> {
  const length = Math.min(CHUNK, upload.bytes - from)
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, from)
  const headers = { 'content-range': `bytes ${from}-${from + length - 1}/${upload.bytes}` }
  return arrivedIn(await api.ask(session, { method: 'PUT', headers, body: buffer }), upload)
}

/** 308 says how much has arrived so far; anything else means that everything has. */
function arrivedIn(response: Awaited<ReturnType<ObjectApi['ask']>>, { bytes }: Upload): number {
  void response.body?.cancel()
  if (response.status !== 308) return bytes
  const last = /^bytes=0-(\d+)$/.exec(response.headers.get('range') ?? '')?.[1]
  return last === undefined ? 0 : Number(last) + 1
}

/** Removes all versions of an object; true while one still exists. */
export async function removeObject(place: ObjectPlace, options: StorageOptions): Promise<boolean> {
  const api = new ObjectApi(place, options)
  const { bucket, prefix } = place
  const found = async (): Promise<readonly StoredObject[]> => {
    const query = new URLSearchParams({ prefix, versions: 'true' })
    const response = await api.ask(api.url(`/storage/v1/b/${bucket}/o?${query.toString()}`), {
      method: 'GET',
    })
    const { items = [] } = (await response.json()) as { readonly items?: readonly StoredObject[] }
    return items.filter(({ name }) => name === prefix)
  }
  try {
    return await api.explained(async () => {
      for (const { generation = '' } of await found()) {
        // Removes one version by its number: in a versioned bucket anything else only hides it.
        const url = api.url(`${objectPath(place)}?generation=${generation}`)
        await api.ask(url, { method: 'DELETE' }).catch((error: unknown) => {
          if (!isStatus(error, 404)) throw error
        })
      }
      return (await found()).length > 0
    })
  } finally {
    await api.close()
  }
}
