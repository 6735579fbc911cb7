import { Agent, EnvHttpProxyAgent, fetch, type Dispatcher, type RequestInit, type Response } from 'undici'
import { BackendError } from '../../../backend/errors.js'
import { explainGcsError } from '../../../backend/gcs-errors.js'
import { locationUrl, type GcsLocation } from '../../../backend/location.js'
import { LabError } from '../../errors.js'
import { networkReason } from '../../network-reason.js'
import { findGoogleCredentials } from './credentials.js'
import { signingHeaders } from './token.js'

/** An object: `prefix` is its whole name in the bucket. */
export type ObjectPlace = GcsLocation

export interface StorageOptions {
  readonly signal: AbortSignal
  /** The environment names a proxy. */
  readonly proxied: boolean
}

/** Milliseconds in which an answer must begin; no transfer may stall longer. */
const STALL_MS = 120_000

/** The JSON API of Cloud Storage for one object. Every request ends immediately when the user interrupts. */
export class ObjectApi {
  readonly #dispatcher: Dispatcher

  constructor(
    readonly place: ObjectPlace,
    private readonly options: StorageOptions,
  ) {
    const limits = { headersTimeout: STALL_MS, bodyTimeout: STALL_MS, connect: { timeout: 10_000 } }
    this.#dispatcher = options.proxied ? new EnvHttpProxyAgent(limits) : new Agent(limits)
  }

  /** Relative to the server: `/storage/v1/…`. */
  url(path: string): string {
    return `${this.place.endpoint ?? 'https://storage.googleapis.com'}${path}`
  }

  /** Throws StorageError for a status of 400 and up, and network errors unchanged. */
  async ask(url: string, request: RequestInit & { readonly method: string }): Promise<Response> {
    const headers = { ...(await this.#credentials()), ...(request.headers as Record<string, string>) }
    const { signal } = this.options
    const response = await fetch(url, { ...request, headers, signal, dispatcher: this.#dispatcher })
    if (response.status < 400) return response
    throw new StorageError(response.status, messageIn(await response.text()))
  }

  /** Throws failures of `action` as BackendError, or as LabError upload-failed. */
  async explained<T>(action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      this.options.signal.throwIfAborted()
      if (error instanceof LabError || error instanceof BackendError) throw error
      const { place } = this
      const url = locationUrl(place)
      // fetch's error for a network failure, which alone says nothing.
      if (error instanceof TypeError && error.cause !== undefined)
        throw new LabError(
          { code: 'upload-failed', place: url, reason: networkReason(error) },
          { cause: error },
        )
      const trouble = explainGcsError(error, { operation: 'write', path: '' }, place.bucket, url)
      if (trouble.kind === 'lasting') throw new BackendError(trouble.fault, { cause: error })
      throw new LabError({ code: 'upload-failed', place: url, reason: trouble.reason }, { cause: error })
    }
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy()
  }

  async #credentials(): Promise<Record<string, string>> {
    // Credentials never travel unencrypted: an http server is a test server and needs none.
    if (this.place.endpoint?.startsWith('http:') === true) return {}
    return signingHeaders(findGoogleCredentials().client, this.options.signal)
  }
}

/** Has the form of an error of Google's own client. */
export class StorageError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message)
    this.name = 'StorageError'
  }
}

export const isStatus = (error: unknown, ...statuses: number[]): boolean =>
  error instanceof StorageError && statuses.includes(error.code)

function messageIn(body: string): string {
  try {
    return (JSON.parse(body) as { error?: { message?: string } }).error?.message ?? body
  } catch (error) {
    if (error instanceof SyntaxError) return body.slice(0, 500)
    throw error
  }
}
