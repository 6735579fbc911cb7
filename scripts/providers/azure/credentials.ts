import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  AzureCliCredential,
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  type TokenCredential,
} from '@azure/identity'
import { variableOf } from '../../env.js'
import { LabError } from '../../errors.js'
import { isThere } from '../is-there.js'
import { readCertificate } from './certificate.js'
import { httpClient, RETRIES, type AzureEnvironment } from './environment.js'
import { federatedToken, machineIdentity, unreadableFile } from './federation.js'

/** Written by `az login`. */
const PROFILE = 'azureProfile.json'

/**
 * The identity that OpenTofu's provider would use, by the same variables in the same order: a principal with
 * a certificate, a secret or a token of another service, the identity of an Azure machine, and the user of
 * `az`. Does not check whether they are still valid. Throws LabError cloud-credentials-missing, or
 * cloud-credentials-refused for an unreadable certificate.
 */
export async function azureCredential({ login }: AzureEnvironment): Promise<TokenCredential> {
  const options = { authorityHost: login, disableInstanceDiscovery: true, retryOptions: RETRIES, httpClient }
  const tenant = variable('ARM_TENANT_ID')
  const client = await variableOrFile('ARM_CLIENT_ID')
  if (tenant !== undefined && client !== undefined) {
    const certificate = await readCertificate()
    if (certificate !== undefined)
      return new ClientCertificateCredential(tenant, client, { certificate }, options)
    const secret = await variableOrFile('ARM_CLIENT_SECRET')
    if (secret !== undefined) return new ClientSecretCredential(tenant, client, secret, options)
    const token =
      isTrue('ARM_USE_OIDC') || isTrue('ARM_USE_AKS_WORKLOAD_IDENTITY') ? federatedToken() : undefined
    if (token !== undefined)
      return assertionCredential(
        token,
        (assertion) => new ClientAssertionCredential(tenant, client, assertion, options),
      )
  }
  if (isTrue('ARM_USE_MSI')) return machineIdentity(client)
  const profile = join(variable('AZURE_CONFIG_DIR') ?? join(homedir(), '.azure'), PROFILE)
  if (variable('ARM_USE_CLI') !== 'false' && (await isThere(profile)))
    return new AzureCliCredential(tenant === undefined ? {} : { tenantId: tenant })
  const sought = `ARM_CLIENT_ID, ARM_TENANT_ID and ARM_CLIENT_SECRET are not all set, and ~/.azure/${PROFILE} does not exist`
  throw new LabError({ code: 'cloud-credentials-missing', provider: 'azure', sought })
}

/**
 * Gets the token before the library does, because the library would wrap the reason of a failure into words
 * of its own.
 */
function assertionCredential(
  token: () => Promise<string>,
  credentialWith: (assertion: () => Promise<string>) => TokenCredential,
): TokenCredential {
  let assertion = ''
  const credential = credentialWith(() => Promise.resolve(assertion))
  return {
    async getToken(scopes, options) {
      assertion = await token()
      return credential.getToken(scopes, options)
    },
  }
}

/** The subscription that the provider will use. Throws LabError cloud-project-missing. */
export function azureSubscription(): string {
  const id = variable('ARM_SUBSCRIPTION_ID')
  if (id !== undefined) return id
  const sought = 'ARM_SUBSCRIPTION_ID is not set'
  throw new LabError({ code: 'cloud-project-missing', provider: 'azure', sought })
}

const variable = (name: string): string | undefined => variableOf(name) || undefined
const isTrue = (name: string): boolean => ['true', '1'].includes(variable(name)?.toLowerCase() ?? '')

async function variableOrFile(name: string): Promise<string | undefined> {
  const value = variable(name)
  const path = variable(`${name}_FILE_PATH`)
  if (value !== undefined || path === undefined) return value
  try {
    return (await readFile(path, 'utf8')).trim()
  } catch (error) {
    throw unreadableFile(`${name}_FILE_PATH`, error)
  }
}
