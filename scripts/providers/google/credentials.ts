import { homedir } from 'node:os'
import { Compute, GoogleAuth, Impersonated, OAuth2Client, type AuthClient } from 'google-auth-library'
import { lookForCredentials, TOKEN, unusable, valueOf, type FoundCredentials } from './found-credentials.js'

const SCOPES = [
  'https://www.googleapis.com/auth/cloud-platform',
  'https://www.googleapis.com/auth/userinfo.email',
]

/** `user`: a person who logged in, so only Google knows who. */
export interface GoogleCredentials {
  readonly client: AuthClient
  readonly kind: 'token' | 'user' | 'account'
  /** Who that is, if the credentials tell. */
  readonly principal: string
}

/** A token is requested once, not for each request. */
const clients = new Map<string, GoogleCredentials>()

/**
 * The credentials that Google's own tools and provider would use; asks no server. Throws LabError
 * cloud-credentials-missing or -unusable.
 */
export function findGoogleCredentials(home = homedir()): GoogleCredentials {
  const found = lookForCredentials(home)
  const impersonated = valueOf('GOOGLE_IMPERSONATE_SERVICE_ACCOUNT')
  const name = JSON.stringify([found, impersonated])
  const credentials = clients.get(name) ?? impersonating(patient(credentialsOf(found)), impersonated)
  clients.set(name, credentials)
  return credentials
}

function credentialsOf(found: FoundCredentials): GoogleCredentials {
  if (found.kind === 'token') {
    const client = new OAuth2Client()
    client.setCredentials({ access_token: found.token })
    return { client, kind: 'token', principal: `the holder of the token in ${TOKEN}` }
  }
  if (found.kind === 'machine') {
    const principal = 'the service account of this machine'
    return { client: new Compute({ scopes: SCOPES }), kind: 'account', principal }
  }
  const { key, from } = found
  try {
    const client = new GoogleAuth({ scopes: SCOPES }).fromJSON(key)
    const isUser = key.type === 'authorized_user'
    return { client, kind: isUser ? 'user' : 'account', principal: key.client_email ?? from }
  } catch (error) {
    // The library names the missing field, and no value.
    const reason = error instanceof Error ? error.message : String(error)
    throw unusable(`${from} has no usable credentials: ${reason}`)
  }
}

/**
 * Milliseconds until a token arrives: otherwise the wait for its source would last as long as the network's
 * own.
 */
const TOKEN_MS = 5_000

function patient(credentials: GoogleCredentials): GoogleCredentials {
  const { gaxios } = credentials.client
  if (gaxios !== null) gaxios.defaults = { ...gaxios.defaults, timeout: TOKEN_MS }
  return credentials
}

function impersonating(source: GoogleCredentials, target: string | undefined): GoogleCredentials {
  if (target === undefined) return source
  const client = new Impersonated({
    sourceClient: source.client,
    targetPrincipal: target,
    targetScopes: SCOPES,
    lifetime: 3600,
    delegates: [],
  })
  return patient({ client, kind: 'account', principal: target })
}
