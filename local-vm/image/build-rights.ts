import { ownUserId } from '../../backend/own-user.js'
import { runTool, ToolFailure } from '../run.js'
import type { BuildCause } from './build-causes.js'

/**
 * Tries what a build by this user needs: a user namespace, and ids that newuidmap maps into it. Returns what
 * is not available; undefined if nothing is missing. Changes nothing.
 */
export async function missingRight(): Promise<Extract<BuildCause, `no-${string}`> | undefined> {
  if (ownUserId() === 0) return undefined
  if (!(await works('unshare', ['--user', 'true']))) return 'no-user-namespace'
  return (await works('mmdebstrap', ['--unshare-helper', 'true'])) ? undefined : 'no-subordinate-ids'
}

/** Root in a container often may not mount; mmdebstrap then builds without its mounts. */
export const mayMount = (): Promise<boolean> =>
  works('unshare', ['--mount', '--propagation', 'private', 'true'])

/** A missing program is not a missing right. */
async function works(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await runTool(program, args, { cwd: '/' })
    return true
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
    return error.kind === 'spawn-failed'
  }
}
