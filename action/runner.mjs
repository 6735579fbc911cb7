import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { appendFileSync, readFileSync } from 'node:fs'

/** What the runner gives to an action's programs; see "Workflow commands for GitHub Actions" in its documentation. */
const { env } = process

/** An input; the runner keeps its dashes. Empty is as good as missing. */
export const input = (name) => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim()

/** Throws for anything but the two words. */
export function switchedOn(name) {
  const value = input(name) || 'false'
  if (value === 'true' || value === 'false') return value === 'true'
  throw new Error(`${name}: expected true or false, got ${JSON.stringify(value)}`)
}

/** What `main` saved for `post`. */
export const saved = (name) => env[`STATE_${name}`] ?? ''

/** Written at once, so that it is there whenever this process is killed. */
function write(variable, name, value) {
  const file = env[variable]
  if (file === undefined || file === '')
    throw new Error(`${variable} is not set: this program runs in a GitHub job`)
  const end = `end-${randomUUID()}`
  appendFileSync(file, `${name}<<${end}\n${value}\n${end}\n`)
}

export const save = (name, value) => write('GITHUB_STATE', name, value)
export const output = (name, value) => write('GITHUB_OUTPUT', name, value)
export const exportVariable = (name, value) => write('GITHUB_ENV', name, value)
export const addPath = (folder) => appendFileSync(env.GITHUB_PATH, `${folder}\n`)

const escaped = (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
export const fail = (text) => {
  process.stdout.write(`::error::${escaped(text)}\n`)
  process.exitCode = 1
}
export const notice = (text) => process.stdout.write(`::notice::${escaped(text)}\n`)

/**
 * Runs a program to its end and returns its exit code and stdout. A signal that the runner sends to us is passed on. The runner
 * obeys lines that begin with `::`, so what a machine printed is shown between two marks that no machine knows.
 */
export async function run(file, args, { onStart = () => undefined, more = {} } = {}) {
  const token = randomUUID()
  process.stdout.write(`::stop-commands::${token}\n`)
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...env, ...more } })
  const pass = (signal) => child.kill(signal)
  process.on('SIGINT', pass)
  process.on('SIGTERM', pass)
  try {
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text))
    const code = new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (exitCode, signal) => resolve(signal === null ? exitCode : 130))
    })
    if (child.pid !== undefined) onStart(child.pid)
    return { code: await code, stdout }
  } finally {
    process.off('SIGINT', pass)
    process.off('SIGTERM', pass)
    process.stdout.write(`\n::${token}::\n`)
  }
}

/** What tells a process from a later one with its number (proc_pid_stat(5), field 22); empty if it ended. */
export function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}
