import { homedir } from 'node:os'
import { join } from 'node:path'
import { LabError } from '../errors.js'
import { isThere } from './is-there.js'

/** Each is enough by itself (https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference). */
const VARIABLES = [
  'GOOGLE_OAUTH_ACCESS_TOKEN',
  'GOOGLE_CREDENTIALS',
  'GOOGLE_CLOUD_KEYFILE_JSON',
  'GOOGLE_APPLICATION_CREDENTIALS',
] as const

/** What `gcloud auth application-default login` leaves. */
const FILE = '.config/gcloud/application_default_credentials.json'

/** Whether there are any; nobody is asked whether they are still valid. Throws LabError cloud-credentials-missing. */
export async function checkGoogleCredentials(names: ReadonlySet<string>, home = homedir()): Promise<void> {
  if (VARIABLES.some((name) => names.has(name)) || (await isThere(join(home, FILE)))) return
  const sought = `none of ${VARIABLES.join(', ')} is set, and there is no ~/${FILE}`
  throw new LabError({ code: 'cloud-credentials-missing', provider: 'google', sought })
}
