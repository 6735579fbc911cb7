import { createRequire, syncBuiltinESMExports } from 'node:module'
import { appendFileSync, readFileSync, type PathLike } from 'node:fs'
import { basename } from 'node:path'

/**
 * Loaded into the CLI by `--import`: appends every record that it writes, one JSON line each, to the file
 * that the variable names. The product does not know about it.
 */
const VARIABLE = 'STAND_IN_RECORDS'
const file = process.env[VARIABLE]

/** The environment for a watched CLI. */
export const watchedInto = (
  kept: string,
): { readonly NODE_OPTIONS: string; readonly [VARIABLE]: string } => ({
  NODE_OPTIONS: `--import=${import.meta.url}`,
  [VARIABLE]: kept,
})

if (file !== undefined) watch(file)

function watch(kept: string): void {
  const require = createRequire(import.meta.url)
  const files = require('node:fs/promises') as Pick<typeof import('node:fs/promises'), 'rename' | 'link'>
  for (const name of ['rename', 'link'] as const) {
    const original = files[name]
    files[name] = async (from: PathLike, to: PathLike) => {
      const draft = basename(String(to)) === 'record.json' ? readFileSync(String(from), 'utf8') : ''
      await original(from, to)
      if (draft !== '') appendFileSync(kept, `${JSON.stringify(JSON.parse(draft))}\n`)
    }
  }
  syncBuiltinESMExports()
}
