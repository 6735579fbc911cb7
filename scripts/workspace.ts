import { createHash } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { requireForm } from '../backend/forms.js'
import { LabError } from './errors.js'

/** Where this computer keeps what belongs to one backend's labs; every name on disk outside the store is made here. */
export interface Workspace {
  readonly home: string
  readonly cache: string
  readonly backendId: string
}

/** Names come from command lines and records: none of them is another folder. Throws BackendError `value-refused`. */
const named = (name: string): string => requireForm('fileName', 'name', name)

/** The lab's key, known hosts and ssh configuration. State: deleting it locks this computer out. */
export const keyFolder = (space: Workspace, lab: string): string =>
  join(space.home, 'keys', space.backendId, named(lab))

/** All files of a local VM. State: they are the machine's disks. */
export const machineFolder = (space: Workspace, lab: string, machine: string): string =>
  join(space.home, 'machines', space.backendId, named(lab), named(machine))

export const logFile = (space: Workspace, lab: string): string =>
  join(space.home, 'logs', space.backendId, `${named(lab)}.jsonl`)

/** Held by the one of a lender's commands that works on the lab right now. */
export const turnFile = (space: Workspace, lab: string, lender: number): string =>
  join(space.home, 'turns', space.backendId, `${named(lab)}-${lender}`)

/** The engine's working directory: `cdk.tf.json` and `.terraform`, written anew by every command. A cache. */
export const workFolder = (space: Workspace, lab: string): string =>
  join(space.cache, 'work', space.backendId, named(lab))

/** A disk on its way to a provider, in the form that it takes; and how far it has come. A cache. */
export const packedFolder = (space: Workspace, image: string): string =>
  join(workFolder(space, image), 'packed')

/** Of the folders that `plan` works in, each for as long as it runs. A cache. */
export const planParent = (space: Workspace): string => join(space.cache, 'plans', space.backendId)

export const engineFolder = (space: Pick<Workspace, 'cache'>): string => join(space.cache, 'engines')

/** What the packaged engine at a path looked like when its digest was checked. A cache. */
export const verifiedEngineFile = (space: Pick<Workspace, 'cache'>, path: string): string =>
  join(engineFolder(space), `verified-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`)

/** OpenTofu's providers, for all labs: one of a cloud's takes hundreds of megabytes. A cache. */
export const providerFolder = (space: Pick<Workspace, 'cache'>): string => join(space.cache, 'providers')

/** What was measured of a cloud's regions. A cache. */
export const roundTripsFile = (space: Pick<Workspace, 'cache'>, provider: string): string =>
  join(space.cache, 'regions', `${provider}.json`)

/** The labs of a bucket, for completion, which waits for no network. A cache. */
export const labNamesFile = (space: Pick<Workspace, 'cache' | 'backendId'>): string =>
  join(space.cache, 'completion', `${space.backendId}.json`)

export const keyFiles = {
  privateKey: 'id_ed25519',
  publicKey: 'id_ed25519.pub',
  identity: 'identity.json',
  knownHosts: 'known_hosts',
  sshConfig: 'config',
} as const

/** Makes a folder and those above it. Throws LabError folder-unwritable. */
export async function ensureFolder(path: string, mode = 0o700): Promise<string> {
  await explained(path, () => mkdir(path, { recursive: true, mode }))
  return path
}

/**
 * Puts a file of ours (mode 0600) in place as a whole or not at all. Throws LabError folder-unwritable; what was
 * there before then stays.
 */
export async function putFile(path: string, content: string): Promise<void> {
  const draft = `${path}.${process.pid}.draft`
  await explained(path, async () => {
    try {
      await writeFile(draft, content, { mode: 0o600 })
      await rename(draft, path)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  })
}

async function explained(place: string, action: () => Promise<unknown>): Promise<void> {
  try {
    await action()
  } catch (error) {
    throw new LabError(
      { code: 'folder-unwritable', place, reason: (error as Error).message },
      { cause: error },
    )
  }
}

/** Removes what this computer holds of a destroyed lab: the key folder and the work folder. The log stays. */
export async function forgetLab(space: Workspace, lab: string): Promise<void> {
  await rm(keyFolder(space, lab), { recursive: true, force: true })
  await rm(workFolder(space, lab), { recursive: true, force: true })
}
