import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { cleanLine, cleanText } from '../../backend/clean-text.js'
import type { PackageManager } from '../../distro-catalog/package-managers.js'
import { LabError } from '../errors.js'
import type { Connection } from '../machine/connect.js'
import { runRemote } from '../machine/remote.js'
import { quoteForShell } from '../machine/shell.js'
import type { Part, SetupPlace } from './faults.js'
import { digestOf, type MachineSetup } from './load.js'
import { SETUP_FOLDER, setupScript } from './script.js'

export interface SetupOptions {
  /** The logged-in user: anyone but root needs sudo without a password. */
  readonly user: string
  readonly manager: PackageManager | undefined
  readonly signal: AbortSignal
  /** Each line of output, cleaned. */
  readonly onLine: (line: string) => void
}

/** What is kept of the output for a message. In lines. */
const TAIL = 20

/**
 * Does a setup on a machine, unless the machine remembers that it was done. Throws LabError setup-failed or ssh-failed, or the
 * signal's reason.
 */
export async function runSetup(
  connection: Connection,
  setup: MachineSetup,
  { user, manager, signal, onLine }: SetupOptions,
): Promise<'done' | 'was-done'> {
  const nonce = `distrolab-${randomBytes(12).toString('hex')}`
  const digest = digestOf(new Map([['', setup]]))
  const told = new Telling(nonce, onLine)
  const exitCode = await runRemote(connection, commandFor(user), {
    stdin: Readable.from([setupScript({ setup, digest, nonce, manager })]),
    signal,
    onStdout: (chunk) => told.stdout.take(chunk),
    onStderr: (chunk) => told.stderr.take(chunk),
  })
  told.end()
  if (exitCode === 0) return told.wasDone ? 'was-done' : 'done'
  const { lab, machine } = connection
  throw new LabError({ code: 'setup-failed', lab, machine, exitCode, ...told.place(setup) })
}

/** The script is stored first: what it starts must not read the rest of it. */
function commandFor(user: string): string {
  const text = `umask 077
mkdir -p ${SETUP_FOLDER}
work=${SETUP_FOLDER}/setup.$$
trap 'rm -rf "$work"' EXIT
mkdir "$work" && cat >"$work/all" && sh "$work/all" "$work" </dev/null`
  return `exec ${user === 'root' ? '' : 'sudo -n '}sh -c ${quoteForShell(text)}`
}

/** Divides output into lines, of which those with the nonce are for us. */
class Telling {
  readonly stdout = new Lines((line) => this.#say(line))
  readonly stderr = new Lines((line) => this.#hear(line))
  readonly #tail: string[] = []
  #part: Part | undefined
  #line: number | undefined
  wasDone = false

  constructor(
    private readonly nonce: string,
    private readonly onLine: (line: string) => void,
  ) {}

  end(): void {
    this.stdout.end()
    this.stderr.end()
  }

  /** Where it failed, and the end of what it said. */
  place({ script }: MachineSetup): SetupPlace {
    const part = this.#part ?? 'packages'
    const output = cleanText(this.#tail.join('\n'))
    if (part !== 'script' || script === undefined)
      return { part, script: null, line: null, text: null, output }
    const line = this.#line ?? lineIn(output)
    const text = line === undefined ? undefined : script.text.split('\n')[line - 1]
    return {
      part,
      script: script.name,
      line: line ?? null,
      text: text === undefined ? null : cleanLine(text),
      output,
    }
  }

  #hear(line: string): void {
    if (!line.startsWith(`${this.nonce} `)) {
      this.#say(line)
      return
    }
    const [word, value = ''] = line.slice(this.nonce.length + 1).split(' ')
    if (word === 'done') this.wasDone = true
    if (word === 'part' && isPart(value)) this.#part = value
    if ((word === 'line' || word === 'near') && /^\d{1,7}$/.test(value)) this.#line = Number(value)
  }

  #say(line: string): void {
    const clean = cleanLine(line)
    if (clean === '') return
    this.#tail.push(clean)
    if (this.#tail.length > TAIL) this.#tail.shift()
    this.onLine(clean)
  }
}

/** Of a syntax error, which the shell tells itself: `…/script: line 3:`, or in some shells `…/script: 3:`. */
function lineIn(output: string): number | undefined {
  const found = /\/script: (?:line )?(\d{1,7}): /.exec(output)?.[1]
  return found === undefined ? undefined : Number(found)
}

const isPart = (value: string): value is Part => ['packages', 'files', 'script'].includes(value)

/** A longer line is cut: a machine can talk without end. In bytes. */
const LONGEST_LINE = 8192

class Lines {
  #rest = ''

  constructor(private readonly onLine: (line: string) => void) {}

  take(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString()).split(/\r?\n|\r/)
    this.#rest = (lines.pop() ?? '').slice(0, LONGEST_LINE)
    for (const line of lines) this.onLine(line.slice(0, LONGEST_LINE))
  }

  end(): void {
    if (this.#rest !== '') this.onLine(this.#rest)
    this.#rest = ''
  }
}
