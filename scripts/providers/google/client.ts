import type { AuthClient } from 'google-auth-library'
import { variableOf } from '../../env.js'
import { LabError } from '../../errors.js'
import { explainGoogleError, operationError } from './errors.js'
import { findGoogleCredentials } from './credentials.js'
import { requireProject } from './found-credentials.js'
import { signingHeaders } from './token.js'

/** The provider's default, or another one, read like the provider does. */
const ENDPOINT = 'https://compute.googleapis.com/compute/v1/'
const ENDPOINT_VARIABLE = 'GOOGLE_COMPUTE_CUSTOM_ENDPOINT'

export const isCustomEndpoint = (): boolean => (variableOf(ENDPOINT_VARIABLE) ?? '') !== ''

const endpoint = (): string => (variableOf(ENDPOINT_VARIABLE) || ENDPOINT).replace(/\/*$/, '/')

/** Milliseconds until an answer; Google delays the answer to `wait` for two minutes. */
const REQUEST_MS = 20_000
const WAIT_MS = 150_000

interface Operation {
  readonly name: string
  readonly status: string
  /** A URL, for an operation in a zone. */
  readonly zone?: string
  readonly region?: string
  readonly error?: { readonly errors: readonly { readonly code: string; readonly message?: string }[] }
}

interface Page<T> {
  readonly items?: Readonly<Record<string, T>>
  readonly nextPageToken?: string
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** The Compute API of one project; paths are relative to it: `zones/Z/instances/I`. Refusals are LabErrors. */
export class ComputeApi {
  constructor(
    private readonly client: AuthClient,
    readonly project: string,
    private readonly signal?: AbortSignal,
    private readonly requestMs = REQUEST_MS,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.#ask<T>('GET', `projects/${this.project}${path === '' ? '' : `/${path}`}`)
  }

  /** Undefined if it does not exist. */
  async find<T>(path: string): Promise<T | undefined> {
    return this.#unlessAbsent(() => this.get<T>(path))
  }

  /** In any project: `projects/debian-cloud/global/images/…`. */
  async findAnywhere<T>(path: string): Promise<T | undefined> {
    return this.#unlessAbsent(() => this.#ask<T>('GET', path))
  }

  /** The things of a kind in all zones that match a filter. */
  async list<T>(kind: 'instances' | 'disks', filter: string): Promise<T[]> {
    const found: T[] = []
    let pageToken = ''
    do {
      const query = new URLSearchParams({ filter, ...(pageToken === '' ? {} : { pageToken }) })
      const page = await this.get<Page<Record<string, T[] | undefined>>>(
        `aggregated/${kind}?${query.toString()}`,
      )
      for (const scope of Object.values(page.items ?? {})) found.push(...(scope[kind] ?? []))
      pageToken = page.nextPageToken ?? ''
    } while (pageToken !== '')
    return found
  }

  /** Requests a change, and returns when it is done. */
  async change(method: Method, path: string, body?: object): Promise<void> {
    let operation = await this.#ask<Operation>(method, `projects/${this.project}/${path}`, { body })
    while (operation.status !== 'DONE') {
      const place = placeOf(operation)
      const wait = `projects/${this.project}/${place}/operations/${operation.name}/wait`
      operation = await this.#ask<Operation>('POST', wait, { timeout: WAIT_MS })
    }
    const [error] = operation.error?.errors ?? []
    if (error !== undefined) throw operationError(error)
  }

  async #ask<T>(
    method: Method,
    path: string,
    options: { readonly body?: object | undefined; readonly timeout?: number } = {},
  ): Promise<T> {
    const { body, timeout = this.requestMs } = options
    await signingHeaders(this.client, this.signal)
    try {
      const { data } = await this.client.request<T>({
        url: `${endpoint()}${path}`,
        method,
        timeout,
        responseType: 'json',
        ...(body === undefined ? {} : { data: body }),
        ...(this.signal === undefined ? {} : { signal: this.signal }),
        // A request that changes something is sent only once.
        ...(method === 'GET' ? { retry: true, retryConfig: { retry: 2, noResponseRetries: 1 } } : {}),
      })
      return data
    } catch (error) {
      this.signal?.throwIfAborted()
      throw explainGoogleError(error)
    }
  }

  async #unlessAbsent<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask()
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  }
}

/**
 * Uses the credentials and the project of the environment. Throws LabError cloud-credentials-missing,
 * cloud-project-missing.
 */
export const openCompute = (signal?: AbortSignal, requestMs?: number): ComputeApi =>
  new ComputeApi(findGoogleCredentials().client, requireProject(), signal, requestMs)

/** A refusal of the Compute API by its HTTP status. */
export const statusOf = (error: unknown): number | undefined => {
  const cause: unknown = error instanceof LabError ? error.cause : undefined
  return (cause as { readonly response?: { readonly status?: number } } | undefined)?.response?.status
}

export const isAbsent = (error: unknown): boolean => statusOf(error) === 404

/** `…/zones/europe-west1-b` → `europe-west1-b`. */
export const lastPart = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

function placeOf({ zone, region }: Operation): string {
  if (zone !== undefined) return `zones/${lastPart(zone)}`
  return region === undefined ? 'global' : `regions/${lastPart(region)}`
}
