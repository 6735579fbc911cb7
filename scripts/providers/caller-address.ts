import { isIP } from 'node:net'
import { Agent, EnvHttpProxyAgent, fetch } from 'undici'
import { fits } from '../../backend/forms.js'
import { LabError } from '../errors.js'
import { networkReason } from '../network-reason.js'

/** Pages that return only the caller's address; the second is for when the first does not answer. */
export const ADDRESS_PAGES = ['https://checkip.amazonaws.com', 'https://api.ipify.org'] as const

const TIMEOUT_MS = 2_500

interface AskOptions {
  readonly signal: AbortSignal
  readonly proxied: boolean
}

/**
 * The network of this computer alone, as the internet sees it: `203.0.113.7/32`. Throws LabError
 * caller-unknown; the caller must then open nothing.
 */
export async function callerNetwork(pages: readonly string[], options: AskOptions): Promise<string> {
  const reasons: string[] = []
  for (const page of pages) {
    const answer = await askPage(page, options)
    if (answer.address !== undefined) return `${answer.address}/${isIP(answer.address) === 6 ? 128 : 32}`
    reasons.push(answer.reason)
  }
  throw new LabError({ code: 'caller-unknown', asked: pages, reason: reasons.join('; ') })
}

type Answer =
  | { readonly address: string; readonly reason?: never }
  | { readonly address?: never; readonly reason: string }

async function askPage(page: string, { signal, proxied }: AskOptions): Promise<Answer> {
  const dispatcher = proxied ? new EnvHttpProxyAgent() : new Agent()
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const response = await fetch(page, { dispatcher, signal: AbortSignal.any([timeout, signal]) })
    const text = (await response.text()).trim()
    if (!response.ok) return { reason: `HTTP ${response.status}` }
    // A hotel's login page also answers.
    return isIP(text) === 0 || !fits('address', text)
      ? { reason: 'its answer is not an address' }
      : { address: text }
  } catch (error) {
    signal.throwIfAborted()
    return { reason: timeout.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : networkReason(error) }
  } finally {
    await dispatcher.destroy()
  }
}
