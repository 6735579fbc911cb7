import { realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { packagedEngine } from './release.js'

/** The `tofu` of the npm package; undefined if it is not installed, as on systems other than Linux on x64. */
export function locatePackaged(): string | undefined {
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packagedEngine.package}/package.json`)
    return join(dirname(manifest), 'tofu')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/**
 * Whether a program is the npm package's under another name: npm links it into a folder that its scripts have
 * on PATH.
 */
export async function isPackaged(program: string): Promise<boolean> {
  return basename(dirname(await realpath(program))) === packagedEngine.package
}
