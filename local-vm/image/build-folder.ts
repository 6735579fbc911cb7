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
/** Longer than a driver needs to say whose a new folder is. In milliseconds. */
const UNCLAIMED_MS = 60_000

/**
 * Gives mmdebstrap a temporary folder, and clears it afterwards. What killed drivers of the same user left, builders
 * still at work included, is ended and cleared first. It lies in the system's temporary folder, since an ordinary user's
 * build runs under user ids that may not pass through the user's home.
 */
export async function inBuildFolder(start: Start, parent = tmpdir()): Promise<void> {
  await clearAbandoned(parent)
  const folder = await makeBuildFolder(parent)
  try {
    const work = await openToMappedUsers(folder)
    await start({ ...workingVariables(), TMPDIR: work }, (pid) => {
      // At once, without a moment in which a kill would lose the builder. One that is gone already needs no record.
      const identity = identifyProcess(pid)
      if (identity !== undefined) writeRecord(folder, 'builder', identity)
    })
  } finally {
    await clear(folder)
  }
}

/** The name is random and made by this call: nobody else can have made it before. */
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
 * mmdebstrap's folders are made by other user ids, so theirs is open to everyone, as /tmp is. But only they are told its
 * name, in a folder that lets everyone through and shows nothing.
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

/** Our own folder, no link, that no living driver works in. */
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
    // Files of the mapped user ids: only inside such a namespace may they be removed, and the folders around them not.
    const inside = ['find', folder, '-xdev', '-mindepth', '2', '-delete']
    await runTool('mmdebstrap', ['--unshare-helper', ...inside], { cwd: '/' })
    await rm(folder, { recursive: true, force: true })
  }
}

/** Undefined for one that was cut short by a kill, too. */
function readRecord(folder: string, role: keyof typeof RECORDS): ProcessIdentity | undefined {
  try {
    const text = readIfPlainSync(join(folder, RECORDS[role]))
    return text === undefined ? undefined : (JSON.parse(text) as ProcessIdentity)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
