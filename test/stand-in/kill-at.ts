import { createRequire, syncBuiltinESMExports } from 'node:module'
import { readFileSync, type PathLike } from 'node:fs'
import { basename } from 'node:path'
import { Socket } from 'node:net'
import { KILL_VARIABLE, type Strike } from './kill-point.js'

/**
 * Loaded into the CLI by `--import`: sends it signals from within, at a point that KILL_VARIABLE names, so that no
 * instruction runs after a SIGKILL. The product does not know about it. Parts that are not recorded show in the log,
 * which `-v` sends to stderr.
 *
 * begin   the command has taken the lease and the record, and written nothing else
 * before  the record, or the log, is about to say that the step begins
 * during  the step has begun, and just did its first deed: started a program, wrote to a socket, put a file in place;
 *         a step that only looks is struck at its end
 * after   the step has ended, and nothing has followed yet
 * end     the command is done, and is about to release its lease
 */
const { when, step, signals } = JSON.parse(process.env[KILL_VARIABLE] ?? '{}') as Strike
const left = [...signals]

/** Only once: each signal comes after the immediate effects of the one before it. */
function strike(): void {
  const signal = left.shift()
  if (signal === undefined) return
  process.kill(process.pid, signal)
  setImmediate(strike)
}

let isUnderWay = false
const deed = (): void => {
  if (when === 'during' && isUnderWay) strike()
}

// Processes that the CLI starts continue as usual.
delete process.env[KILL_VARIABLE]
delete process.env['NODE_OPTIONS']
if (process.argv[1]?.endsWith('/bundle/cli.js') === true) watch()

function watch(): void {
  const require = createRequire(import.meta.url)
  const files = require('node:fs/promises') as Pick<typeof import('node:fs/promises'), 'rename' | 'link'>
  for (const name of ['rename', 'link'] as const) {
    const original = files[name]
    files[name] = async (from: PathLike, to: PathLike) => {
      beforePublished(basename(String(to)), String(from))
      await original(from, to)
      afterPublished(basename(String(to)), String(to))
    }
  }
  const programs = require('node:child_process') as { spawn: (...words: unknown[]) => unknown }
  const { spawn } = programs
  programs.spawn = (...words) => {
    const child = spawn(...words)
    // Reading a console does not count as a deed: a wait that is given up ends with it, and must not pass for
    // one that was struck.
    if (!isConsoleRead(words[1])) deed()
    return child
  }
  syncBuiltinESMExports()
  watchStandardError()
  watchSockets()
}

const isConsoleRead = (args: unknown): boolean => Array.isArray(args) && args[1] === 'console'

let recordsWritten = 0

function beforePublished(name: string, draft: string): void {
  if (name === 'record.json') {
    recordsWritten++
    if (when === 'before' && stepIn(draft) === step) strike()
    // The first write only takes the record over.
    if (when === 'begin' && recordsWritten === 2) strike()
  }
  if (name === 'lease.json' && when === 'end' && holderIn(draft) === null) strike()
}

function afterPublished(name: string, file: string): void {
  if (name === 'record.json') isUnderWay = stepIn(file) === step
  else if (name === 'cdk.tf.json') deed()
}

function watchStandardError(): void {
  const say = process.stderr.write.bind(process.stderr)
  const tells = (text: string, what: 'begins' | 'done'): boolean =>
    new RegExp(` info (step|part) ${what} \\1=${step}\\b`).test(text)
  process.stderr.write = (chunk: string | Uint8Array) => {
    const text = String(chunk)
    if (when === 'before' && tells(text, 'begins')) strike()
    const said = say(chunk)
    if (tells(text, 'begins')) isUnderWay = true
    if (tells(text, 'done')) {
      isUnderWay = false
      if (when !== 'before') strike()
    }
    return said
  }
}

/** More than any request: the content of a file. */
const CONTENT = 10_000

/** Standard streams are sockets too: output on them does not count as a deed. */
function watchSockets(): void {
  const ours: readonly unknown[] = [process.stderr, process.stdout]
  const write = Reflect.get(Socket.prototype, 'write') as (...words: unknown[]) => boolean
  Socket.prototype.write = function (this: Socket, ...words: unknown[]): boolean {
    const written = write.apply(this, words)
    const [bytes] = words
    const isContent = bytes instanceof Uint8Array && bytes.length > CONTENT
    if (!ours.includes(this) && (step !== 'copy' || isContent)) deed()
    return written
  }
}

const read = (
  file: string,
): { readonly step?: { readonly name: string } | null; readonly holder?: unknown } =>
  JSON.parse(readFileSync(file, 'utf8')) as ReturnType<typeof read>
const stepIn = (file: string): string | undefined => read(file).step?.name
const holderIn = (file: string): unknown => read(file).holder
