import { Agent, EnvHttpProxyAgent, fetch } from 'undici'
import { networkReason } from '../network-reason.js'
import { keyLines, parsePublicKey } from './public-key.js'

/** A GitHub host's answer about a user's keys; `silent`: no usable answer, and why. */
export type GithubAnswer =
  | { readonly kind: 'keys'; readonly publicKeys: readonly string[] }
  | { readonly kind: 'no-such-user' }
  | { readonly kind: 'silent'; readonly reason: string }

const TIMEOUT_MS = 5_000

/**
 * The public keys of a user, from the page where GitHub and GitHub Enterprise publish them:
 * `https://HOST/NAME.keys`.
 */
export async function fetchGithubKeys(
  url: string,
  options: { readonly signal: AbortSignal; readonly proxied: boolean },
): Promise<GithubAnswer> {
  const dispatcher = options.proxied ? new EnvHttpProxyAgent() : new Agent()
  const timeout = AbortSignal.timeout(TIMEOUT_MS)
  try {
    const response = await fetch(url, { dispatcher, signal: AbortSignal.any([timeout, options.signal]) })
    const text = await response.text()
    if (response.status === 404) return { kind: 'no-such-user' }
    if (!response.ok) return { kind: 'silent', reason: `HTTP ${response.status}` }
    return answerOf(text)
  } catch (error) {
    options.signal.throwIfAborted()
    const reason = timeout.aborted ? `no answer within ${TIMEOUT_MS / 1000} s` : networkReason(error)
    return { kind: 'silent', reason }
  } finally {
    await dispatcher.destroy()
  }
}

/** Skips kinds of keys that a lab does not accept; a login page contains nothing else. */
function answerOf(text: string): GithubAnswer {
  const publicKeys = keyLines(text).flatMap((line) => parsePublicKey(line) ?? [])
  if (publicKeys.length > 0) return { kind: 'keys', publicKeys }
  return { kind: 'silent', reason: text.trim() === '' ? 'no keys there' : 'no keys in the answer' }
}
