import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { chmod, lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readIfPlainSync } from '../../backend/plain-file.js'
import {
  currentProcess,
  identifyProcess,
  isFromEarlierBoot,
  livenessOf,
  type ProcessIdentity,
} from '../../backend/process-identity.js'
import { workingVariables } from '../env.js'
import { errnoOf, writeFailure } from '../errors.js'
import { PRIVATE_FILE } from '../machine/folder.js'
import { endGroup, runTool } from '../run.js'

type Start = (environment: Readonly<Record<string, string>>, onStart: (pid: number) => void) => Promise<void>

const PREFIX = 'distrolab-build-'
/** Who made the folder, and the builder that works in it. */
const RECORDS = { driver: 'driver.json', builder: 'builder.json' } as const
/** Longer than a driver needs to record who owns a new folder. In milliseconds. */
const UNCLAIMED_MS = 60_000

/**
 * Gives mmdebstrap a temporary folder, and clears it afterwards. First it ends and clears what killed drivers
 * of the same user left, running builders included. The folder is in the system's temporary folder, because
 * an ordinary user's build runs under user ids that may not enter the user's home.
 */
export async function inBuildFolder(start: Start, parent = tmpdir()): Promise<void> {
  await clearAbandoned(parent)
  const folder = await makeBuildFolder(parent)
  try {
    const work = await openToMappedUsers(folder)
    await start({ ...workingVariables(), TMPDIR: work }, (pid) => {
      // Recorded immediately, so that a kill never loses the builder. A builder that has already ended needs
      // no record.
      const identity = identifyProcess(pid)
      if (identity !== undefined) writeRecord(folder, 'builder', identity)
    })
  } finally {
    await clear(folder)
  }
}

/** The name is random and chosen by this call, so no one else can have made the folder before. */
async function makeBuildFolder(parent: string): Promise<string> {
  try {
    const folder = await mkdtemp(join(parent, PREFIX))
    writeRecord(folder, 'driver', currentProcess())
    return folder
  } catch (error) {
    throw writeFailure(error, parent)
  }
}

/**
 * mmdebstrap's folders are made by other user ids, so their parent is open to everyone, like /tmp. But only
 * they know its name, in a folder that everyone may pass through and no one may list.
 */
async function openToMappedUsers(folder: string): Promise<string> {
  const work = join(folder, randomUUID())
  await mkdir(work, { mode: 0o700 })
  await chmod(work, 0o1777)
  await chmod(folder, 0o711)
  return work
}

const writeRecord = (folder: string, role: keyof typeof RECORDS, identity: ProcessIdentity): void =>
  writeFileSync(join(folder, RECORDS[role]), JSON.stringify(identity), { mode: PRIVATE_FILE })

async function clearAbandoned(parent: string): Promise<void> {
  const names = (await readdir(parent).catch((): string[] => [])).filter((name) => name.startsWith(PREFIX))
  for (const folder of names.map((name) => join(parent, name))) {
    if (await isAbandoned(folder)) await clear(folder)
  }
}

/** Our own folder, not a link, in which no living driver works. */
async function isAbandoned(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined)
  if (found === undefined || !found.isDirectory() || found.uid !== process.geteuid?.()) return false
  const driver = readRecord(folder, 'driver')
  if (driver === undefined) return Date.now() - found.mtimeMs > UNCLAIMED_MS
  return livenessOf(driver) === 'dead' || isFromEarlierBoot(driver)
}

async function clear(folder: string): Promise<void> {
  const builder = readRecord(folder, 'builder')
  if (builder !== undefined && livenessOf(builder) === 'alive') await endGroup(builder.pid)
  try {
    await rm(folder, { recursive: true, force: true })
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
    // Files of the mapped user ids can be removed only inside such a namespace, and the folders around them
    // only outside it.
    const inside = ['find', folder, '-xdev', '-mindepth', '2', '-delete']
    await runTool('mmdebstrap', ['--unshare-helper', ...inside], { cwd: '/' })
    await rm(folder, { recursive: true, force: true })
  }
}

/** Undefined also for a file that a kill cut short. */
function readRecord(folder: string, role: keyof typeof RECORDS): ProcessIdentity | undefined {
  try {
    const text = readIfPlainSync(join(folder, RECORDS[role]))
    return text === undefined ? undefined : (JSON.parse(text) as ProcessIdentity)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
