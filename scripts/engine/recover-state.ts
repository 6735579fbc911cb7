import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { StateBackend } from '../../backend/state-backend.js'
import { putFile } from '../workspace.js'

/** What OpenTofu leaves in its working directory when it could not write a state that it had already changed. */
const ERRORED_STATE = 'errored.tfstate'

/**
 * Puts a state that OpenTofu could not write (a full disk: it leaves the state file cut short) back in its place.
 * Returns whether there was one. Throws LabError folder-unwritable while there is still no room; then it is kept.
 */
export async function recoverState(state: StateBackend, folder: string): Promise<boolean> {
  if (state.kind !== 'local') return false
  const errored = join(folder, ERRORED_STATE)
  const content = await readOptional(errored)
  if (content === undefined) return false
  await putFile(state.path, content)
  await rm(errored)
  return true
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
