import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { credentialWords } from './credential-words.js'
import { proxyAgents } from './proxies.js'
import { isAnswer, messageOf, networkReason, property } from './sdk-error.js'

type Provider = ReturnType<typeof defaultProvider>

/**
 * Credentials for AWS that are configured but unusable; the message is the SDK's own words, without secrets.
 */
export class AwsCredentialsError extends Error {
  constructor(
    message: string,
    /** No credentials are configured. */
    readonly isMissing: boolean,
    options: ErrorOptions,
  ) {
    super(message, options)
    this.name = 'AwsCredentialsError'
  }
}

/** How long a service that gives out credentials may take to answer, in milliseconds. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true }

/**
 * Looks where AWS's own tools look: variables, profile, SSO, and a machine's own role. On a computer outside
 * AWS nothing answers for the role; `roleMs` limits that wait, which happens twice. Credentials that are
 * found are kept until they expire. Throws AwsCredentialsError, or a network error.
 */
export function openAwsCredentials({ roleMs = 1_000 } = {}): Provider {
  let heard: string[] = []
  const hear = (words: unknown): void => void heard.push(String(words))
  const chain = defaultProvider({
    timeout: roleMs,
    maxRetries: 0,
    clientConfig: { requestHandler: { ...TIMEOUTS, ...proxyAgents() } },
    // The chain continues after most failures, and its last error describes only the last place.
    logger: { trace: hear, debug: hear, info: hear, warn: hear, error: hear },
  })
  return async (properties) => {
    heard = []
    try {
      return await chain(properties)
    } catch (error) {
      throw explained(error, heard)
    }
  }
}

function explained(error: unknown, heard: readonly string[]): unknown {
  if (property(error, 'name') === 'AbortError') return error
  const words = wordsOfProfile(heard)
  if (isEndOfChain(error))
    return new AwsCredentialsError(credentialWords(words ?? messageOf(error)), words === undefined, {
      cause: error,
    })
  if (!isAnswer(error) && isOfNetwork(error)) return error
  const told = isAnswer(error) ? `${String(property(error, 'name'))}: ${messageOf(error)}` : messageOf(error)
  return new AwsCredentialsError(credentialWords(told), false, { cause: error })
}

/** A system error about a file has a path; one about a connection or TLS has none. */
const isOfNetwork = (error: unknown): boolean =>
  networkReason(error) !== undefined ||
  (typeof property(error, 'code') === 'string' && property(error, 'path') === undefined)

const isEndOfChain = (error: unknown): boolean =>
  messageOf(error) === 'Could not load credentials from any providers'

/** The SDK's error about the profile in use; undefined if no profile exists and none was requested. */
function wordsOfProfile(heard: readonly string[]): string | undefined {
  const begin = heard.findIndex((words) => words.endsWith('defaultProvider::fromIni'))
  const end = heard.findIndex((words) => words.endsWith('defaultProvider::fromProcess'))
  const said = begin < 0 ? [] : heard.slice(begin, end < 0 ? undefined : end)
  const words = said.findLast((each) => PROVIDER.test(each))?.replace(PROVIDER, '')
  return words === undefined || /using profile: \[default\]/.test(words) ? undefined : words
}

const PROVIDER = /^@smithy\/property-provider (->|\(!\)) /
