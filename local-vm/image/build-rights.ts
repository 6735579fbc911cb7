import { ownUserId } from '../../backend/own-user.js'
import { runTool, ToolFailure } from '../run.js'
import type { BuildCause } from './build-causes.js'

/**
 * Tries what a build by this user needs: a user namespace, and ids of its own mapped into it by newuidmap. Returns what cannot be
 * had; undefined where nothing is missing. Changes nothing.
 */
export async function missingRight(): Promise<Extract<BuildCause, `no-${string}`> | undefined> {
  if (ownUserId() === 0) return undefined
  if (!(await works('unshare', ['--user', 'true']))) return 'no-user-namespace'
  return (await works('mmdebstrap', ['--unshare-helper', 'true'])) ? undefined : 'no-subordinate-ids'
}

/** Root in a container often may not; mmdebstrap then builds without its mounts. */
export const mayMount = (): Promise<boolean> =>
  works('unshare', ['--mount', '--propagation', 'private', 'true'])

/** A program that is not there at all is not a right that is missing. */
async function works(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await runTool(program, args, { cwd: '/' })
    return true
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
    return error.kind === 'spawn-failed'
  }
}
