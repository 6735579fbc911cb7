import { type FileHandle, open, rm, stat, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { readIfPlain } from '../../backend/plain-file.js'
import type { Response } from 'undici'
import type { Control } from '../machine/context.js'
import { errnoOf, writeFaultOf } from '../errors.js'
import { PRIVATE_FILE } from '../machine/folder.js'
import { digestOf } from './digest.js'
import { DownloadError } from './download-error.js'
import { reasonOf, request, type HttpOptions } from './http.js'

/** Retries that got nothing new; one that moved the download on starts the count again. */
const ATTEMPTS_WITHOUT_PROGRESS = 4
const REPORT_EVERY_BYTES = 4 * 1024 * 1024

/** Beside the .part file: which version at the server it belongs to (RFC 9110, section 13.1.5). */
interface Validator {
  readonly url: string
  readonly ifRange: string | undefined
}

export interface Download {
  readonly url: string
  /** `<algorithm>:<hex>`: the part file is named after it, so a part never mixes two images. */
  readonly id: string
  readonly part: string
  /** Sent with each request. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface DownloadContext extends Control {
  readonly environment: Omit<HttpOptions, 'signal'>
}

/**
 * Downloads the file at `url` to `part` and verifies it. Resumes an earlier, interrupted download.
 * Throws DownloadError: checksum-mismatch (the part is removed), truncated (kept), unreachable, refused, disk-full,
 * place-unwritable.
 */
export async function download(job: Download, context: DownloadContext): Promise<void> {
  for (let failures = 0; ; failures++) {
    const before = await sizeOf(job.part)
    try {
      await attempt(job, before, context)
      break
    } catch (error) {
      context.signal.throwIfAborted()
      if (!isWorthRetrying(error)) throw error
      if ((await sizeOf(job.part)) > before) failures = 0
      if (failures + 1 >= ATTEMPTS_WITHOUT_PROGRESS) throw error
      context.report('download', `${error.fault.code}, trying again from byte ${await sizeOf(job.part)}`)
      await sleep(250 * 2 ** failures, undefined, { signal: context.signal }).catch(() => undefined)
    }
  }
  await verify(job, context)
}

async function attempt(job: Download, from: number, context: DownloadContext): Promise<void> {
  const validator = await readValidator(job)
  const headers = { ...job.headers, ...(from > 0 ? rangeHeaders(from, validator) : {}) }
  const response = await request(job.url, headers, { signal: context.signal, ...context.environment })
  if (response.status === 416) {
    // The part is as long as the file, or longer: the checksum decides.
    await response.body?.cancel()
    return
  }
  const start = response.status === 206 ? from : 0
  await writeValidator(job, response)
  const length = response.headers.get('content-length')
  const total = length === null ? undefined : start + Number(length)
  const got = await store(job, response, start, total, context)
  if (total !== undefined && got < total) {
    throw new DownloadError({ code: 'truncated', url: job.url, expected: total, got })
  }
}

/** A weak validator must not be used with If-Range; without one the final checksum is the judge. */
function rangeHeaders(from: number, validator: Validator | undefined): Record<string, string> {
  const range = { range: `bytes=${from}-` }
  return validator?.ifRange === undefined ? range : { ...range, 'if-range': validator.ifRange }
}

async function store(
  job: Download,
  response: Response,
  start: number,
  total: number | undefined,
  context: DownloadContext,
): Promise<number> {
  const file = await openPart(job.part, start)
  let done = start
  let reported = start
  context.report('download', job.url, { done, total })
  try {
    for await (const chunk of chunksOf(response, job, total, () => done, context)) {
      done += await writeAt(file, chunk, done, job.part)
      if (done - reported < REPORT_EVERY_BYTES) continue
      context.report('download', job.url, { done, total })
      reported = done
    }
  } finally {
    await file.close()
  }
  context.report('download', job.url, { done, total })
  return done
}

/** A connection that breaks or stalls in the middle of the body is a truncated download. */
async function* chunksOf(
  response: Response,
  job: Download,
  total: number | undefined,
  done: () => number,
  context: DownloadContext,
): AsyncGenerator<Uint8Array> {
  try {
    if (response.body !== null) yield* response.body as AsyncIterable<Uint8Array>
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof DownloadError) throw error
    if (total === undefined) {
      throw new DownloadError(
        { code: 'unreachable', url: job.url, reason: reasonOf(error) },
        { cause: error },
      )
    }
    const fault = { code: 'truncated', url: job.url, expected: total, got: done() } as const
    throw new DownloadError(fault, { cause: error })
  }
}

async function openPart(part: string, start: number): Promise<FileHandle> {
  try {
    const file = await open(part, start > 0 ? 'r+' : 'w', PRIVATE_FILE)
    if (start > 0) await file.truncate(start)
    return file
  } catch (error) {
    throw writeFailure(error, part)
  }
}

async function writeAt(
  file: FileHandle,
  chunk: Uint8Array,
  position: number,
  place: string,
): Promise<number> {
  let written = 0
  try {
    while (written < chunk.length) {
      written += (await file.write(chunk, written, chunk.length - written, position + written)).bytesWritten
    }
  } catch (error) {
    throw writeFailure(error, place)
  }
  return written
}

async function verify(job: Download, context: DownloadContext): Promise<void> {
  context.report('verify', job.id)
  const [algorithm = '', expected = ''] = job.id.split(':')
  const got = await digestOf(job.part, algorithm)
  if (got === expected) return rm(validatorFile(job), { force: true })
  await removePart(job)
  throw new DownloadError({
    code: 'checksum-mismatch',
    url: job.url,
    expected: job.id,
    got: `${algorithm}:${got}`,
  })
}

function writeFailure(error: unknown, place: string): unknown {
  const fault = writeFaultOf(error, place)
  return fault === undefined ? error : new DownloadError(fault, { cause: error })
}

export async function removePart(job: Download): Promise<void> {
  await rm(job.part, { force: true })
  await rm(validatorFile(job), { force: true })
}

const validatorFile = (job: Download): string => `${job.part}.json`

async function writeValidator(job: Download, response: Response): Promise<void> {
  const etag = response.headers.get('etag')
  const strong = etag === null || etag.startsWith('W/') ? undefined : etag
  const ifRange = strong ?? response.headers.get('last-modified') ?? undefined
  try {
    const text = JSON.stringify({ url: job.url, ifRange } satisfies Validator)
    await writeFile(validatorFile(job), text, { mode: PRIVATE_FILE })
  } catch (error) {
    throw writeFailure(error, job.part)
  }
}

async function readValidator(job: Download): Promise<Validator | undefined> {
  try {
    const validator = JSON.parse((await readIfPlain(validatorFile(job))) ?? '') as Validator
    return validator.url === job.url ? validator : undefined
  } catch {
    // Absent, or cut short by a kill: the range is asked for without it and the checksum decides.
    return undefined
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return 0
    throw error
  }
}

function isWorthRetrying(error: unknown): error is DownloadError {
  if (!(error instanceof DownloadError)) return false
  return error.fault.code === 'truncated' || error.fault.code === 'unreachable'
}
