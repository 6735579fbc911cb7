import type { Answer, Asked } from './azure-answer.js'

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const CLAIMS = {
  appid: 'client-of-tests',
  oid: 'object-of-tests',
  tid: 'tenant-of-tests',
  idtyp: 'app',
  exp: 4_102_444_800,
  iat: 1_700_000_000,
  aud: 'stand-in',
  iss: 'stand-in',
}
const signed = (claims: object): string => `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.unsigned`
/** The token that is accepted from everyone. Its signature is not checked. */
export const tokenOf = (): string => signed(CLAIMS)
/** The token that Azurite accepts for the storage service. */
export const storageTokenOf = (): string =>
  signed({
    ...CLAIMS,
    nbf: CLAIMS.iat,
    ver: '1.0',
    aud: 'https://storage.azure.com',
    iss: 'https://sts.windows.net/tenant-of-tests/',
  })

const grantedFor = (scope: string) => ({
  token_type: 'Bearer',
  expires_in: 3599,
  ext_expires_in: 3599,
  access_token: scope.includes('storage.azure.com') ? storageTokenOf() : tokenOf(),
})

const NO_TENANT =
  "AADSTS90002: Tenant 'no-tenant' not found. Check to make sure you have the correct tenant ID."

/** The login service, the token service of a machine and that of a CI service. */
export function answerLogin({ path, body, headers, query }: Asked, url: string): Answer {
  if (path === '/metadata/identity/oauth2/token')
    return headers['metadata'] === 'true'
      ? {
          status: 200,
          body: {
            ...grantedFor(query.get('resource') ?? ''),
            expires_on: String(CLAIMS.exp),
            resource: query.get('resource'),
          },
        }
      : { status: 400, body: { error: 'invalid_request' } }
  if (path === '/ci-token')
    return headers.authorization === 'Bearer of-ci' && query.get('audience') === 'api://AzureADTokenExchange'
      ? { status: 200, body: { value: 'assertion-of-tests' } }
      : { status: 403, body: {} }
  const tenant = path.split('/')[1] ?? ''
  if (tenant === 'no-tenant')
    return {
      status: 400,
      body: { error: 'invalid_tenant', error_description: NO_TENANT, error_codes: [90002] },
    }
  if (path.endsWith('/.well-known/openid-configuration'))
    return {
      status: 200,
      body: {
        issuer: `${url}/${tenant}/v2.0`,
        token_endpoint: `${url}/${tenant}/oauth2/v2.0/token`,
        authorization_endpoint: `${url}/${tenant}/oauth2/v2.0/authorize`,
        jwks_uri: `${url}/keys`,
      },
    }
  if (!path.endsWith('/oauth2/v2.0/token')) return { status: 404, body: { path } }
  const form = new URLSearchParams(body)
  const assertion = form.get('client_assertion')
  const isProven =
    form.get('client_secret') === 'secret-of-tests' ||
    assertion === 'assertion-of-tests' ||
    // The login with a certificate: signed by its key, which is not checked here.
    assertion?.split('.').length === 3
  if (form.get('client_id') === 'client-of-tests' && isProven)
    return { status: 200, body: grantedFor(form.get('scope') ?? '') }
  return refusedLogin('AADSTS7000215: Invalid client secret provided. Trace ID: 1a Correlation ID: 2b')
}

export const refusedLogin = (description: string): Answer => ({
  status: 401,
  body: { error: 'invalid_client', error_description: description, error_codes: [1] },
})

/** Where our code and OpenTofu's provider learn the URLs of an Azure. */
export const metadataOf = (url: string): unknown => ({
  name: 'StandIn',
  portal: url,
  resourceManager: `${url}/`,
  microsoftGraphResourceId: `${url}/graph/`,
  authentication: {
    loginEndpoint: `${url}/`,
    audiences: [url],
    tenant: 'common',
    identityProvider: 'AAD',
  },
  suffixes: {
    storage: 'storage.stand-in',
    keyVaultDns: 'vault.stand-in',
    acrLoginServer: 'registry.stand-in',
  },
})
