import type { PackageManager } from '../../distro-catalog/package-managers.js'
import { quoteForShell } from '../machine/shell.js'
import type { Part } from './faults.js'
import { installCommands } from './install.js'
import type { MachineSetup, SetupScript } from './load.js'

interface Scripting {
  readonly setup: MachineSetup
  /** What the machine remembers once it is done. */
  readonly digest: string
  /** Begins each line that tells where the script is; a guess is impossible. */
  readonly nonce: string
  readonly manager: PackageManager | undefined
}

/** Root's, and of this program alone. */
export const SETUP_FOLDER = '/var/lib/distrolab'

/**
 * The script for POSIX sh that does a setup, as root. It tells on standard error, each after the nonce, `done` if the machine
 * remembers that it was done already, `part P`, and `line N` or `near N` for the line at which the user's script failed. `$1` is
 * an empty folder for it.
 */
export function setupScript({ setup, digest, nonce, manager }: Scripting): string {
  const { packages, files, script } = setup
  const part = (name: Part): string => `say part ${name}`
  const lines = [
    'set -e',
    'umask 022',
    `say() { printf '${nonce} %s\\n' "$*" >&2; }`,
    `memory=${SETUP_FOLDER}/setup`,
    `if [ "$(cat "$memory" 2>/dev/null)" = ${digest} ]; then say done; exit 0; fi`,
    'rm -f "$memory"',
    'work=$1',
    'cd /',
  ]
  if (packages.length > 0 && manager !== undefined)
    lines.push(part('packages'), 'install() {', ...installCommands[manager], '}', installLine(packages))
  if (files.length > 0) {
    lines.push(part('files'), PUT)
    for (const { path, content, mode, owner } of files)
      lines.push(
        `put ${[path, mode, owner].map(quoteForShell).join(' ')} <<'${nonce}'`,
        ...base64Lines(content),
        nonce,
      )
  }
  if (script !== undefined)
    lines.push(
      part('script'),
      `base64 -d >"$work/script" <<'${nonce}'`,
      ...base64Lines(Buffer.from(script.text)),
      nonce,
      runLine(script, nonce),
    )
  lines.push(`printf '%s\\n' ${digest} >"$memory.new"`, 'mv -f "$memory.new" "$memory"', '')
  return lines.join('\n')
}

const installLine = (packages: readonly string[]): string =>
  `install ${packages.map(quoteForShell).join(' ')}`

/** Beside its place first, so that it is whole or not there. */
const PUT = `put() {
  if [ -d "$1" ]; then echo "$1 is a folder" >&2; return 1; fi
  mkdir -p "$(dirname "$1")"
  rm -f "$1.distrolab"
  base64 -d >"$1.distrolab"
  chown "$3" "$1.distrolab"
  chmod "$2" "$1.distrolab"
  mv -f "$1.distrolab" "$1"
}`

const base64Lines = (content: Buffer): string[] => content.toString('base64').match(/.{1,76}/g) ?? []

/**
 * A shell script is read by bash where there is one, which knows the line of a failure exactly; without it, a shell's LINENO at
 * its end is at least near. Any other program is started as its first line says.
 */
function runLine({ text }: SetupScript, nonce: string): string {
  if (!isForShell(text)) return 'chmod 700 "$work/script"; "$work/script"'
  return `if command -v bash >/dev/null; then
  bash -c ${quoteForShell(inBash(nonce))} "$work/script"
else
  sh -c ${quoteForShell(inSh(nonce))} "$work/script"
fi`
}

export const isForShell = (text: string): boolean =>
  !text.startsWith('#!') || /^#!\s*\S*\/(?:env\s+)?(?:ba|da)?sh\b/.test(text)

/** An `exit` of the script's own has no line: it is no failure to the shell. */
const inBash = (nonce: string): string => `set -eE
bash -n "$0"
trap 'code=$?; [ "\${BASH_SOURCE[0]}" != "$0" ] || echo ${nonce} line $LINENO >&2; exit $code' ERR
. "$0"`

const inSh = (nonce: string): string => `set -e
trap 'code=$?; [ $code = 0 ] || [ -z "$LINENO" ] || echo ${nonce} near $LINENO >&2' EXIT
. "$0"`
