import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../run.js'

/** The version that a `tofu` reports; undefined if it does not run or its output is not understood. */
export async function engineVersion(path: string, unset: readonly string[]): Promise<string | undefined> {
  try {
    const removed = Object.fromEntries(unset.map((name) => [name, undefined]))
    const { stdout } = await run(path, ['version', '-json'], { env: removed })
    return (JSON.parse(stdout) as { terraform_version: string }).terraform_version
  } catch {
    return undefined
  }
}

/** The first executable program of that name in the folders of PATH. */
export async function findProgram(name: string, folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, name)
    if (await isExecutable(path)) return path
  }
  return undefined
}

export async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
