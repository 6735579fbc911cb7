import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { LabError } from '../errors.js'

export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** Throws LabError usage, with near names. */
export async function requireShell(given: string | undefined): Promise<Shell> {
  const shell = SHELLS.find((each) => each === given)
  if (shell !== undefined) return shell
  const { nearNames } = await import('../../distro-catalog/near-names.js')
  const { didYouMean } = await import('../explain/explanation.js')
  const problem =
    given === undefined
      ? 'Name a shell: bash, zsh or fish.'
      : `There is no completion for "${given}".${didYouMean(nearNames(given, SHELLS)) || ' Choose from: bash, zsh, fish.'}`
  throw new LabError({ code: 'usage', problem, command: 'completion' })
}

/** The script that makes a shell complete command lines of distrolab. */
export function scriptOf(shell: Shell): string {
  const { resolve } = createRequire(import.meta.url)
  return readFileSync(resolve(`#package/scripts/completion/shells/distrolab.${shell}`), 'utf8')
}
