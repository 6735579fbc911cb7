import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Where this computer keeps what belongs to one backend's labs; every name on disk outside the store is made here. */
export interface Workspace {
  readonly home: string
  readonly cache: string
  readonly backendId: string
}

/** The lab's key, known hosts and ssh configuration. State: deleting it locks this computer out. */
export const keyFolder = (space: Workspace, lab: string): string =>
  join(space.home, 'keys', space.backendId, lab)

/** All files of a local VM. State: they are the machine's disks. */
export const machineFolder = (space: Workspace, lab: string, machine: string): string =>
  join(space.home, 'machines', space.backendId, lab, machine)

export const logFile = (space: Workspace, lab: string): string =>
  join(space.home, 'logs', space.backendId, `${lab}.jsonl`)

/** The engine's working directory: `cdk.tf.json` and `.terraform`, written anew by every command. A cache. */
export const workFolder = (space: Workspace, lab: string): string =>
  join(space.cache, 'work', space.backendId, lab)

export const engineFolder = (space: Pick<Workspace, 'cache'>): string => join(space.cache, 'engines')

export const keyFiles = {
  privateKey: 'id_ed25519',
  publicKey: 'id_ed25519.pub',
  identity: 'identity.json',
  knownHosts: 'known_hosts',
  sshConfig: 'config',
} as const

export async function ensureFolder(path: string, mode = 0o700): Promise<string> {
  await mkdir(path, { recursive: true, mode })
  return path
}

/** Removes what this computer holds of a destroyed lab: the key folder and the work folder. The log stays. */
export async function forgetLab(space: Workspace, lab: string): Promise<void> {
  await rm(keyFolder(space, lab), { recursive: true, force: true })
  await rm(workFolder(space, lab), { recursive: true, force: true })
}
