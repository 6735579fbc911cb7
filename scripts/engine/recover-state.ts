import { existsSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalState } from '../../backend/state-backend.js'
import { LabError } from '../errors.js'
import { putFile } from '../workspace.js'
import { initialise, type EngineRun } from './engine-run.js'
import { pullState, pushState } from './tofu.js'

/**
 * The file that OpenTofu leaves in its working directory if it could not write a state that it had already
 * changed.
 */
const ERRORED_STATE = 'errored.tfstate'

/** Whether the engine has left such a state in its folder. */
export const hasErroredState = (folder: string): boolean => existsSync(join(folder, ERRORED_STATE))

/**
 * Restores a state that OpenTofu could not write (on a full disk it leaves the state file truncated). Throws
 * LabError folder-unwritable while there is still no room; the file is then kept.
 */
export async function recoverLocalState(state: LocalState, folder: string, mode: number): Promise<void> {
  const errored = join(folder, ERRORED_STATE)
  await putFile(state.path, await readFile(errored, 'utf8'), mode)
  await rm(errored)
}

/**
 * The same for a state in a bucket: the initialised engine writes it under its lock. Throws LabError
 * state-superseded if someone has written a later one, or what `pushState` throws; the file is then kept.
 */
export async function recoverRemoteState(run: EngineRun): Promise<void> {
  const errored = join(run.folder, ERRORED_STATE)
  try {
    if (run.encryption === undefined) await pushState(run, ERRORED_STATE)
    else await pushEncrypted(run, errored)
  } catch (error) {
    const problems = error instanceof LabError && error.fault.code === 'engine-failed' && error.fault.problems
    if (!problems || !isRefusal(problems.join('\n'))) throw error
    throw new LabError({ code: 'state-superseded', place: errored, problems }, { cause: error })
  }
  await rm(errored)
}

/**
 * `state push` cannot read an encrypted file (OpenTofu 1.12), so the engine first reads it as a local state.
 */
async function pushEncrypted(run: EngineRun, errored: string): Promise<void> {
  const folder = join(run.folder, 'recover')
  const plain = join(folder, 'plain.tfstate')
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const configuration = { terraform: { backend: { local: { path: errored } } } }
    await putFile(join(folder, 'main.tf.json'), JSON.stringify(configuration))
    await initialise({ ...run, folder })
    await putFile(plain, await pullState({ ...run, folder }))
    await pushState(run, plain)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * OpenTofu's words for a state that does not succeed the stored one (its
 * internal/states/statemgr/migrate.go).
 */
export const isRefusal = (text: string): boolean =>
  /cannot\s+(import|overwrite\s+existing)\s+state\s+with\s+(serial|lineage)/.test(text)
