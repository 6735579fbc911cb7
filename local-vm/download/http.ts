import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch, type Response } from 'undici'
import { errnoOf } from '../errors.js'
import { DownloadError } from './download-error.js'

/** What a server returned, or why it returned nothing. Unreachable hosts differ from refusals (404 and the like). */

const CONNECT_TIMEOUT_MS = 5_000
const UNREACHABLE_STATUS = new Set([408, 429, 500, 502, 503, 504])

export interface HttpOptions {
  readonly signal: AbortSignal
  /** A response that sends nothing for so long has failed. */
  readonly stallMs: number
  /** The environment names a proxy (undici warns of its proxy agent being new, so it is used only when needed). */
  readonly proxied: boolean
}

/**
 * Requests `url`; follows redirects, and applies the environment's proxies at each hop. Throws DownloadError
 * `unreachable` (no connection, or a server error) or `refused` (any other status of 400 and up).
 */
export async function request(
  url: string,
  headers: Record<string, string>,
  options: HttpOptions,
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Response> {
  const response = await connect(url, headers, options, method)
  if (response.ok || response.status === 416) return response
  await response.body?.cancel()
  if (!UNREACHABLE_STATUS.has(response.status)) {
    throw new DownloadError({ code: 'refused', url, status: response.status })
  }
  throw new DownloadError({ code: 'unreachable', url, reason: `HTTP ${response.status}` })
}

async function connect(
  url: string,
  headers: Record<string, string>,
  options: HttpOptions,
  method: 'GET' | 'HEAD',
): Promise<Response> {
  try {
    return await fetch(url, {
      method,
      // What is counted and resumed are the file's own bytes.
      headers: { 'accept-encoding': 'identity', 'user-agent': 'distrolab', ...headers },
      dispatcher: dispatcherOf(options),
      signal: options.signal,
    })
  } catch (error) {
    options.signal.throwIfAborted()
    throw new DownloadError({ code: 'unreachable', url, reason: reasonOf(error) }, { cause: error })
  }
}

/** The text of a small file, at most `limit` bytes. */
export async function requestText(url: string, limit: number, options: HttpOptions): Promise<string> {
  const response = await request(url, {}, options)
  try {
    return (await response.text()).slice(0, limit)
  } catch (error) {
    options.signal.throwIfAborted()
    throw new DownloadError({ code: 'unreachable', url, reason: reasonOf(error) }, { cause: error })
  }
}

/** The innermost cause says what happened: `fetch failed` alone says nothing. */
export function reasonOf(error: unknown): string {
  let inner = error
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause
  if (inner instanceof AggregateError && inner.errors.length > 0) inner = inner.errors[0]
  if (!(inner instanceof Error)) return String(inner)
  return inner.message || errnoOf(inner) || inner.name
}

let dispatcher: Dispatcher | undefined

function dispatcherOf({ stallMs, proxied }: HttpOptions): Dispatcher {
  const limits = { connect: { timeout: CONNECT_TIMEOUT_MS }, headersTimeout: stallMs, bodyTimeout: stallMs }
  dispatcher ??= proxied ? new EnvHttpProxyAgent(limits) : new Agent(limits)
  return dispatcher
}
