import { chmod, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('lab-engine.js', import.meta.url))

/**
 * Writes an engine that makes labs at a cloud's stand-in (`lab-engine.ts`), for DISTROLAB_TOFU. `instead`:
 * shell code that replaces one of its verbs.
 */
export async function writeLabEngine(
  file: string,
  instead?: { readonly verb: string; readonly does: string },
): Promise<void> {
  const other = instead === undefined ? '' : `${instead.verb}) ${instead.does} ;;\n`
  await writeFile(
    file,
    `#!/bin/sh
case "$1" in
${other}version) echo '{"terraform_version":"1.12.6"}' ;;
init) ;;
*) exec '${process.execPath}' '${PROGRAM}' "$@" ;;
esac
`,
  )
  await chmod(file, 0o755)
}
