import { stat } from 'node:fs/promises'
import { LabError } from '../../errors.js'
import type { Variables } from '../../machine/environment.js'
import type { Transfer } from '../../machine/transfer.js'

const usage = (problem: string): LabError => new LabError({ code: 'usage', command: 'exec', problem })

/**
 * Errors never show text that may be a value. `variableOf` reads our own environment. Throws LabError usage.
 */
export function parseVariables(
  given: readonly string[],
  variableOf: (name: string) => string | undefined,
): Variables {
  return Object.fromEntries(
    given.map((text) => {
      const [name = '', ...rest] = text.split('=')
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        throw usage(
          `--env: expected NAME=VALUE or NAME, the name made of letters, digits and _, got ${
            rest.length === 0 ? 'another text' : `the name "${name}"`
          }. Correct the name.`,
        )
      }
      if (rest.length > 0) return [name, rest.join('=')]
      const value = variableOf(name)
      if (value !== undefined) return [name, value]
      throw usage(
        `--env: expected ${name} in the environment of this command, got none. Export it, or give --env ${name}=VALUE.`,
      )
    }),
  )
}

/** Throws LabError usage. */
export function parseTransfers(flag: Transfer['flag'], given: readonly string[]): Transfer[] {
  const form = flag === '--copy' ? 'LOCAL:REMOTE' : 'REMOTE:LOCAL'
  return given.map((text) => {
    const [from = '', to = '', ...rest] = text.split(':')
    if (from === '' || to === '' || rest.length > 0) {
      throw usage(
        `${flag}: expected ${form}, two paths with one colon between, got "${text}". Give both paths.`,
      )
    }
    return flag === '--copy' ? { flag, from, to: belowHome(to) } : { flag, from: belowHome(from), to }
  })
}

/** SFTP starts in the user's home and does not know the tilde. */
export const belowHome = (path: string): string => (path === '~' ? '.' : path.replace(/^~\//, './'))

/** Called before anything is recorded. Throws LabError usage. */
export async function assertSourcesExist(
  copies: readonly Transfer[],
  command: 'exec' | 'cp' = 'exec',
): Promise<void> {
  for (const { from } of copies) {
    try {
      await stat(from)
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'nothing' : (error as Error).message
      throw new LabError(
        {
          code: 'usage',
          command,
          problem: `${command === 'cp' ? 'cp' : '--copy'}: expected a file or folder at ${from}, got ${reason}. Make it, or correct the path.`,
        },
        { cause: error },
      )
    }
  }
}
