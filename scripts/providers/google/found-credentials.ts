import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { variableOf } from '../../env.js'
import { LabError } from '../../errors.js'

/** As OpenTofu's provider reads them (https://registry.terraform.io/providers/hashicorp/google/latest/docs/guides/provider_reference). */
export const TOKEN = 'GOOGLE_OAUTH_ACCESS_TOKEN'
/** A path, or the content of the file. */
const KEYS = ['GOOGLE_CREDENTIALS', 'GOOGLE_CLOUD_KEYFILE_JSON']
const KEY_FILE = 'GOOGLE_APPLICATION_CREDENTIALS'
const PROJECTS = ['GOOGLE_PROJECT', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'CLOUDSDK_CORE_PROJECT']

/** Written by `gcloud auth application-default login`. */
const FILE = '.config/gcloud/application_default_credentials.json'

/**
 * Where credentials were found. Nothing here needs Google's library, which takes longer to load than a stack.
 */
export type FoundCredentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'key'; readonly key: Key; readonly from: string }
  | { readonly kind: 'machine' }

/** A credentials file; its type decides what else it contains. */
interface Key {
  readonly type?: string
  readonly client_email?: string
  readonly project_id?: string
  readonly quota_project_id?: string
}

/** The project from the variables, which Google's provider also reads. */
export const projectOfVariables = (): string | undefined =>
  PROJECTS.map(valueOf).find((value) => value !== undefined)

/** The project of a credentials file, which the provider ignores. */
export function projectOfCredentials(home = homedir()): string | undefined {
  const found = lookForCredentials(home)
  return found.kind === 'key' ? (found.key.project_id ?? found.key.quota_project_id) : undefined
}

/** Throws LabError cloud-project-missing. */
export function requireProject(): string {
  const project = projectOfVariables() ?? projectOfCredentials()
  if (project !== undefined) return project
  const sought = `none of ${PROJECTS.join(', ')} is set, and the credentials name no project`
  throw new LabError({ code: 'cloud-project-missing', provider: 'google', sought })
}

/**
 * Looks where Google's own tools and provider look; asks no server. Throws LabError cloud-credentials-missing
 * or -unusable.
 */
export function lookForCredentials(home = homedir()): FoundCredentials {
  const token = valueOf(TOKEN)
  if (token !== undefined) return { kind: 'token', token }
  for (const name of KEYS) {
    const value = valueOf(name)
    if (value !== undefined) return { kind: 'key', key: parseKey(textOf(value, name), name), from: name }
  }
  const file = valueOf(KEY_FILE)
  if (file !== undefined) return { kind: 'key', key: parseKey(textOf(file, KEY_FILE), KEY_FILE), from: file }
  const left = readOptional(join(home, FILE))
  if (left !== undefined) return { kind: 'key', key: parseKey(left, `~/${FILE}`), from: `~/${FILE}` }
  if (isMachineOfGoogle()) return { kind: 'machine' }
  const names = [TOKEN, ...KEYS, KEY_FILE].join(', ')
  throw missing(`none of ${names} is set, ~/${FILE} does not exist, and this is not a Google Cloud machine`)
}

const textOf = (value: string, name: string): string => {
  if (value.trimStart().startsWith('{')) return value
  try {
    return readFileSync(value, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    // The value itself is not shown: it may be a badly pasted key.
    throw unusable(`the file that ${name} names cannot be read (${code})`)
  }
}

function parseKey(text: string, from: string): Key {
  try {
    const key: unknown = JSON.parse(text)
    if (typeof key === 'object' && key !== null && 'type' in key) return key as Key
  } catch (error) {
    // JSON.parse quotes the text, which is secret.
    if (!(error instanceof SyntaxError)) throw error
  }
  throw unusable(`${from} does not contain credentials`)
}

/** Without the network, because a computer outside Google would wait for seconds. */
function isMachineOfGoogle(): boolean {
  if (valueOf('METADATA_SERVER_DETECTION') === 'none') return false
  if (valueOf('GCE_METADATA_HOST') !== undefined) return true
  return readOptional('/sys/class/dmi/id/bios_vendor')?.includes('Google') === true
}

export const missing = (sought: string): LabError =>
  new LabError({ code: 'cloud-credentials-missing', provider: 'google', sought })

export const unusable = (reason: string): LabError =>
  new LabError({ code: 'cloud-credentials-unusable', provider: 'google', reason })

export const valueOf = (name: string): string | undefined => variableOf(name) || undefined

/** Undefined for a file that does not exist, or that we may not read. */
function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error
    return undefined
  }
}
