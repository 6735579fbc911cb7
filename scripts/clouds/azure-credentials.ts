import { homedir } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../errors.js'
import { isThere } from './is-there.js'

/** Who is meant, and then what proves it: one of these (https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs). */
const IDENTITY = ['ARM_CLIENT_ID', 'ARM_TENANT_ID'] as const
const PROOFS = [
  ...['ARM_CLIENT_SECRET', 'ARM_CLIENT_CERTIFICATE', 'ARM_CLIENT_CERTIFICATE_PATH'],
  ...['ARM_OIDC_TOKEN', 'ARM_OIDC_TOKEN_FILE_PATH', 'ARM_OIDC_REQUEST_TOKEN', 'ARM_USE_OIDC'],
]

/** What `az login` leaves. */
const FILE = '.azure/azureProfile.json'

/** Whether there are any; nobody is asked whether they are still valid. Throws LabError cloud-credentials-missing. */
export async function checkAzureCredentials(names: ReadonlySet<string>, home = homedir()): Promise<void> {
  const isPrincipal = IDENTITY.every((name) => names.has(name)) && PROOFS.some((name) => names.has(name))
  if (isPrincipal || names.has('ARM_USE_MSI') || (await isThere(join(home, FILE)))) return
  const sought = `${IDENTITY.join(', ')} and ARM_CLIENT_SECRET are not all set, and there is no ~/${FILE}`
  throw new LabError({ code: 'cloud-credentials-missing', provider: 'azure', sought })
}
