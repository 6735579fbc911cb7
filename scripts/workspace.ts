import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { requireForm } from '../backend/forms.js'
import { exactly } from '../backend/folder-modes.js'
import { isImageName } from '../backend/image-name.js'
import type { Leasable } from '../backend/keys.js'
import { isErrno } from '../backend/system-error.js'
import { LabError } from './errors.js'

/**
 * Where this computer keeps files of one backend's labs; every name on disk outside the store is made here.
 */
export interface Workspace {
  readonly home: string
  readonly cache: string
  readonly backendId: string
}

/** The folders of a home: ours, and those of a backend in it. */
export const homeFolders = ['keys', 'machines', 'logs', 'turns', 'labs', 'images', 'ssh'] as const

/** Whether distrolab makes things of this name in a home. */
export const isHomeName = (name: string): boolean =>
  (homeFolders as readonly string[]).includes(name) ||
  /^\.?(clock|reserve|computer-id|backend\.json|policy\.json)(\.|$)/.test(name)

type HomeFolder = (typeof homeFolders)[number]

/**
 * Names come from command lines and records, so none may lead to another folder. Throws BackendError
 * `value-refused`.
 */
const below = (folder: string, ...names: readonly string[]): string =>
  join(folder, ...names.map((name) => requireForm('fileName', 'name', name)))

const inHome = (space: Workspace, folder: HomeFolder, ...names: readonly string[]): string =>
  below(join(space.home, folder, space.backendId), ...names)

/** The lab's key, known hosts and ssh configuration. State: without it this computer can no longer log in. */
export const keyFolder = (space: Workspace, lab: string): string => inHome(space, 'keys', lab)

/** The names of labs for plain `ssh`: one file a lab, all included by one line of the user's configuration. */
export const namesFolder = ({ home }: Pick<Workspace, 'home'>): string => join(home, 'ssh')

export const namesFile = (space: Workspace, lab: string): string =>
  below(namesFolder(space), `${space.backendId}-${lab}${NAMES_END}`)

/** What files of names end with; drafts and guards beside them do not. */
export const NAMES_END = '.conf'

/** Exists once the user has said no to the line in their ssh configuration. */
export const namesDeclinedFile = (space: Pick<Workspace, 'home'>): string =>
  join(namesFolder(space), 'declined')

/** All files of a local VM. State: they are the machine's disks. */
export const machineFolder = (space: Workspace, lab: string, machine: string): string =>
  inHome(space, 'machines', lab, machine)

/** What a lab's, or an image's, log and folders are called here: no lab's name begins with `_`. */
export const localName = (owner: Leasable): string =>
  isImageName(owner) ? `_${owner.replaceAll('/', '-')}` : owner

export const logFile = (space: Workspace, lab: string): string => inHome(space, 'logs', `${lab}.jsonl`)

/** Where traces of our own bugs are kept. */
export const traceFile = (home: string): string => join(home, 'logs', 'internal.log')

/**
 * The space that `down` may use on a full disk. Starts with a dot, so that it is not an object in a backend's
 * folder.
 */
export const reserveFile = (folder: string): string => join(folder, '.reserve')

/** Held by the one of a lender's commands that is working on the lab. */
export const turnFile = (space: Workspace, lab: string, lender: number): string =>
  inHome(space, 'turns', `${lab}-${lender}`)

/**
 * The engine's working directory: `cdk.tf.json` and `.terraform`, written again by every command. A cache.
 */
export const workFolder = (space: Workspace, lab: string): string =>
  below(join(space.cache, 'work', space.backendId), lab)

/** The one configuration in the engine's folder. */
export const CONFIGURATION = 'cdk.tf.json'

/** A disk on its way to a provider, in the form that it accepts, and the progress of its upload. A cache. */
export const packedFolder = (space: Workspace, image: string): string =>
  join(workFolder(space, image), 'packed')

/** The folders of running `plan` commands. A cache. */
export const planParent = (space: Workspace): string => join(space.cache, 'plans', space.backendId)

export const engineFolder = (space: Pick<Workspace, 'cache'>): string => join(space.cache, 'engines')

/** What the packaged engine at a path looked like when its digest was checked. A cache. */
export const verifiedEngineFile = (space: Pick<Workspace, 'cache'>, path: string): string =>
  join(engineFolder(space), `verified-${createHash('sha256').update(path).digest('hex').slice(0, 16)}`)

/** OpenTofu's providers, for all labs: a cloud's provider takes hundreds of megabytes. A cache. */
export const providerFolder = (space: Pick<Workspace, 'cache'>): string => join(space.cache, 'providers')

/** Measurements of a cloud's regions. A cache. */
export const roundTripsFile = (space: Pick<Workspace, 'cache'>, provider: string): string =>
  join(space.cache, 'regions', `${provider}.json`)

/** The labs of a bucket, because completion never waits for the network. A cache. */
export const labNamesFile = ({ cache, placeId }: { cache: string; placeId: string }): string =>
  join(cache, 'completion', `${placeId}.json`)

export const keyFiles = {
  privateKey: 'id_ed25519',
  publicKey: 'id_ed25519.pub',
  identity: 'identity.json',
  knownHosts: 'known_hosts',
  sshConfig: 'config',
} as const

/** Makes a folder and its parents. Throws LabError folder-unwritable. */
export async function ensureFolder(path: string, mode = 0o700): Promise<string> {
  await explained(path, () => makeFolder(path, mode))
  return path
}

/**
 * On a read-only file system Node's recursive mkdir reports ENOENT (seen with Node 20); a plain one reports
 * EROFS.
 */
async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode })
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    await mkdir(path, { mode })
  }
}

/**
 * Writes a file completely or not at all, with exactly this mode. Throws LabError folder-unwritable; the old
 * file then stays.
 */
export async function putFile(path: string, content: string, mode = 0o600): Promise<void> {
  const draft = `${path}.${process.pid}-${++drafts}.draft`
  await explained(path, async () => {
    try {
      await writeDraft(draft, content, mode)
      await rename(draft, path)
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  })
}

/** The number of this process's drafts so far: it may write the same file twice at once. */
let drafts = 0

async function writeDraft(draft: string, content: string, mode: number): Promise<void> {
  // A draft left by a killed process with the same pid would keep its mode.
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', mode)
  try {
    await exactly(() => file.chmod(mode))
    await file.writeFile(content)
  } finally {
    await file.close()
  }
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

/**
 * Removes this computer's files of a destroyed lab: its key, its names for ssh and the work folder. The log stays, and so do
 * other people's files beside the key. The work folder is a cache in which the engine keeps trees of its own;
 * no link is followed.
 */
export async function forgetLab(space: Workspace, lab: string): Promise<void> {
  const keys = keyFolder(space, lab)
  await Promise.all(Object.values(keyFiles).map((name) => removeIfThere(() => unlink(join(keys, name)))))
  await removeIfThere(() => rmdir(keys))
  await removeIfThere(() => unlink(namesFile(space, lab)))
  await rm(workFolder(space, lab), { recursive: true, force: true })
}

async function removeIfThere(remove: () => Promise<void>): Promise<void> {
  await remove().catch((error: unknown) => {
    if (!['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST'].some((code) => isErrno(error, code))) throw error
  })
}
