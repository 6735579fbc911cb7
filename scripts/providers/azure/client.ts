import { setTimeout as sleep } from 'node:timers/promises'
import type { AccessToken } from '@azure/identity'
import {
  createPipelineFromOptions,
  createPipelineRequest,
  type HttpMethods,
  type PipelineResponse,
} from '@azure/core-rest-pipeline'
import { variablesNamed } from '../../env.js'
import { azureCredential, azureSubscription } from './credentials.js'
import { azureEnvironment, httpClient, RETRIES } from './environment.js'
import { asLabError, isNothing, refused } from './explain.js'
import { explainedOfTenant } from './tenant.js'

/** A request to Azure's resource manager. */
export interface Ask {
  readonly apiVersion: string
  /** Query parameters in addition to the version. */
  readonly query?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

/** A session with one subscription, as the environment says. */
interface Azure {
  readonly subscription: string
  readonly resourceManager: string
  readonly token: () => Promise<AccessToken>
}

/** The remaining life that a token must have before it is used. */
const SPARE_MS = 120_000
const pipeline = createPipelineFromOptions({ retryOptions: RETRIES })
const sessions = new Map<string, Promise<Azure>>()

/** The same session as long as the environment is the same, because a token costs a second or two. */
function session(): Promise<Azure> {
  const key = JSON.stringify(variablesNamed(/^(ARM|AZURE|ACTIONS_ID_TOKEN)_|^HOME$/))
  const opened = sessions.get(key) ?? open()
  sessions.set(key, opened)
  opened.catch(() => sessions.delete(key))
  return opened
}

async function open(): Promise<Azure> {
  const environment = await azureEnvironment()
  const credential = await azureCredential(environment)
  const subscription = azureSubscription()
  const scope = `${environment.resourceManager}/.default`
  let held: AccessToken | null = null
  const token = async (): Promise<AccessToken> => {
    if (held === null || held.expiresOnTimestamp < Date.now() + SPARE_MS)
      held = await credential.getToken(scope).catch(async (error: unknown) => {
        throw await explainedOfTenant(error, environment.login)
      })
    if (held === null) throw new TypeError('a credential gives a token or throws')
    return held
  }
  return { subscription, resourceManager: environment.resourceManager, token }
}

/** The token for Azure, and the subscription. Throws LabError like `readAzure`. */
export async function azureIdentity(): Promise<{ readonly token: string; readonly subscription: string }> {
  try {
    const { subscription, token } = await session()
    return { subscription, token: (await token()).token }
  } catch (error) {
    throw asLabError(error)
  }
}

/**
 * Returns what is at `path`; undefined if nothing is. A path begins below the subscription, or is a whole id
 * (`/subscriptions/…`). Throws LabError cloud-credentials-missing, cloud-unreachable, or Azure's refusal.
 */
export async function readAzure<T>(path: string, ask: Ask): Promise<T | undefined> {
  const answer = await send('GET', path, ask)
  return answer.status === 404 ? undefined : (bodyOf(answer) as T)
}

/** All pages of a list; empty if its parent does not exist. Throws LabError like `readAzure`. */
export async function listAzure<T>(path: string, ask: Ask): Promise<T[]> {
  const found: T[] = []
  let answer = await send('GET', path, ask)
  while (answer.status !== 404) {
    const { value, nextLink } = bodyOf(answer) as { readonly value: T[]; readonly nextLink?: string }
    found.push(...value)
    if (nextLink === undefined || nextLink === '') break
    answer = await send('GET', nextLink, ask)
  }
  return found
}

/**
 * Requests a change and waits until Azure has made it, however long that takes. Returns Azure's first answer.
 * Throws LabError like `readAzure`; `cloud-failed` with the name NotFound if there is nothing to change.
 */
export async function changeAzure(method: HttpMethods, path: string, ask: Ask): Promise<unknown> {
  const first = await send(method, path, ask)
  if (first.status === 404) throw refused(first)
  let answer = first
  for (let next = placeOfOutcome(first); next !== undefined;) {
    await sleep(
      secondsUntil(answer) * 1000,
      undefined,
      ask.signal === undefined ? {} : { signal: ask.signal },
    )
    answer = await send('GET', next, ask)
    if (answer.status === 404 || isSettled(answer)) break
    next = placeOfOutcome(answer) ?? next
  }
  return bodyOf(first)
}

/**
 * Reads from a URL that Azure itself gave and that needs no other credentials; empty if it returns nothing.
 */
export async function readBlob(url: string): Promise<string> {
  try {
    const answer = await pipeline.sendRequest(httpClient, createPipelineRequest({ url }))
    return answer.status === 200 ? (answer.bodyAsText ?? '') : ''
  } catch (error) {
    throw asLabError(error)
  }
}

/** (https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations) */
const placeOfOutcome = ({ status, headers }: PipelineResponse): string | undefined =>
  headers.get('azure-asyncoperation') ?? (status === 202 ? headers.get('location') : undefined)

/** Throws LabError with the reason of a failed operation. */
function isSettled(answer: PipelineResponse): boolean {
  if (answer.status === 202) return false
  const { status } = bodyOf(answer) as { readonly status?: string }
  if (status === 'Failed' || status === 'Canceled') throw refused(answer)
  return status === undefined || status === 'Succeeded'
}

const POLL_SECONDS = 3
function secondsUntil({ headers }: PipelineResponse): number {
  const asked = Number(headers.get('retry-after') ?? POLL_SECONDS)
  return Number.isFinite(asked) ? Math.min(asked, 30) : POLL_SECONDS
}

async function send(method: HttpMethods, path: string, ask: Ask): Promise<PipelineResponse> {
  try {
    const { subscription, resourceManager, token } = await session()
    const request = createPipelineRequest({
      method,
      url: urlOf(resourceManager, subscription, path, ask),
      ...(ask.signal === undefined ? {} : { abortSignal: ask.signal }),
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    })
    request.headers.set('authorization', `Bearer ${(await token()).token}`)
    if (ask.body !== undefined) request.headers.set('content-type', 'application/json')
    const answer = await pipeline.sendRequest(httpClient, request)
    if (answer.status >= 400 && !isNothing(answer)) throw refused(answer)
    return answer
  } catch (error) {
    ask.signal?.throwIfAborted()
    throw asLabError(error)
  }
}

/** A URL that Azure itself gave stays unchanged. */
function urlOf(
  resourceManager: string,
  subscription: string,
  path: string,
  { apiVersion, query }: Ask,
): string {
  if (path.startsWith('https://')) return path
  const url = new URL(
    resourceManager + (path.startsWith('/subscriptions/') ? '' : `/subscriptions/${subscription}`) + path,
  )
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, value)
  url.searchParams.set('api-version', apiVersion)
  return url.href
}

const bodyOf = ({ bodyAsText }: PipelineResponse): unknown => {
  const text = bodyAsText ?? ''
  return text.trim() === '' ? {} : (JSON.parse(text) as unknown)
}
