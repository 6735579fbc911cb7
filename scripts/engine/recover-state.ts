import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LocalState } from '../../backend/state-backend.js'
import { LabError } from '../errors.js'
import { putFile } from '../workspace.js'
import { pushState, type EngineRun } from './tofu.js'

/** What OpenTofu leaves in its working directory when it could not write a state that it had already changed. */
const ERRORED_STATE = 'errored.tfstate'

/** Whether the engine has left such a state in its folder. */
export const hasErroredState = (folder: string): boolean => existsSync(join(folder, ERRORED_STATE))

/**
 * Puts a state that OpenTofu could not write (a full disk: it leaves the state file cut short) back in its place.
 * Throws LabError folder-unwritable while there is still no room; then it is kept.
 */
export async function recoverLocalState(state: LocalState, folder: string): Promise<void> {
  const errored = join(folder, ERRORED_STATE)
  await putFile(state.path, await readFile(errored, 'utf8'))
  await rm(errored)
}

/**
 * The same for a state in a bucket: the engine, initialised, writes it under its lock. Throws LabError
 * state-superseded when somebody has written a later one meanwhile, or what `pushState` throws; then it is kept.
 */
export async function recoverRemoteState(run: EngineRun): Promise<void> {
  const errored = join(run.folder, ERRORED_STATE)
  try {
    await pushState(run, ERRORED_STATE)
  } catch (error) {
    const problems = error instanceof LabError && error.fault.code === 'engine-failed' && error.fault.problems
    if (!problems || !isRefusal(problems.join('\n'))) throw error
    throw new LabError({ code: 'state-superseded', place: errored, problems }, { cause: error })
  }
  await rm(errored)
}

/** What OpenTofu says of a state that does not succeed the stored one (its internal/states/statemgr/migrate.go). */
export const isRefusal = (text: string): boolean =>
  /cannot\s+(import|overwrite\s+existing)\s+state\s+with\s+(serial|lineage)/.test(text)
