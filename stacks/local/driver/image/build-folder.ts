import { createHash } from 'node:crypto'
import { chmod, readFile, rm, stat } from 'node:fs/promises'
import { writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { identifyProcess, livenessOf, type ProcessIdentity } from '../../../../backend/process-identity.js'
import { workingVariables } from '../env.js'
import { errnoOf } from '../errors.js'
import { makeFolder } from '../folder.js'
import { endGroup, runTool } from '../run.js'

type Start = (environment: Readonly<Record<string, string>>, onStart: (pid: number) => void) => Promise<void>

/**
 * Gives mmdebstrap a temporary folder whose name follows from `work`, and clears it afterwards. What a driver that
 * was killed left there, a builder still at work included, is ended and cleared first (the caller holds the guard).
 * It lies in the system's temporary folder, since an ordinary user's build runs under user ids that may not pass
 * through the user's home.
 */
export async function inBuildFolder(work: string, start: Start): Promise<void> {
  const name = createHash('sha256').update(work).digest('hex').slice(0, 12)
  const folder = join(tmpdir(), `distrolab-build-${userInfo().uid}-${name}`)
  const record = `${folder}.json`
  await clear(folder, record)
  await makeFolder(folder)
  // mmdebstrap's folders in it are made by other user ids; their random names are as good as those in /tmp.
  await chmod(folder, 0o1777)
  try {
    await start({ ...workingVariables(), TMPDIR: folder }, (pid) => {
      // At once, without a moment in which a kill would lose the builder. One that is gone already needs no record.
      const identity = identifyProcess(pid)
      if (identity !== undefined) writeFileSync(record, JSON.stringify(identity))
    })
  } finally {
    await clear(folder, record)
  }
}

async function clear(folder: string, record: string): Promise<void> {
  const builder = await readIdentity(record)
  if (builder !== undefined && livenessOf(builder) === 'alive') await endGroup(builder.pid)
  await rm(record, { force: true })
  try {
    await rm(folder, { recursive: true, force: true })
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
    // Files of the mapped user ids: only inside such a namespace may they be removed.
    await runTool('mmdebstrap', ['--unshare-helper', 'rm', '-rf', '--one-file-system', folder])
    await rm(folder, { recursive: true, force: true })
  }
}

/** Someone else's record in a shared temporary folder is not believed. */
async function readIdentity(record: string): Promise<ProcessIdentity | undefined> {
  const owner = await stat(record).catch(() => undefined)
  if (owner?.uid !== userInfo().uid) return undefined
  try {
    return JSON.parse(await readFile(record, 'utf8')) as ProcessIdentity
  } catch {
    // Cut short by a kill, or the child was gone already: nothing to end.
    return undefined
  }
}
