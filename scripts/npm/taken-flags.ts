import { readFileSync } from 'node:fs'
import { readIfPlainSync } from '../../backend/plain-file.js'
import { systemErrorOf } from '../../backend/system-error.js'
import { npmSettingsOf, type NpmScript } from '../env.js'

/** Flags of ours that npm also has: if it is unknown who set one, it counts as npm's own. */
const NPM_HAS_TOO: ReadonlySet<string> = new Set(['all', 'yes', 'location', 'name', 'local', 'tag'])

/** `unseen`: the system does not show other processes, as on macOS. */
export type Starter = { readonly kind: 'npm'; readonly pid: number } | { readonly kind: 'other' | 'unseen' }

/**
 * The process that started us. npm starts a script through a shell, which may stay between the two; it names
 * its process after its command line. A command deeper in a script also has npm's variables, but its words
 * come from something else.
 */
export function starterOf(parent: number): Starter {
  for (const pid of [parent, parentOf(parent)]) {
    if (pid === undefined) continue
    const title = readProcess(pid, 'cmdline')
    if (title === undefined) return { kind: 'unseen' }
    if (/^npm(?: |$)/.test(title)) return { kind: 'npm', pid }
  }
  return { kind: 'other' }
}

/**
 * The settings that npm took from its command line, by the name of the flag. npm passes on settings from
 * variables (`npx` sets `yes`) and .npmrc files in the same way, so those are excluded.
 */
export function flagsTaken({ settings, files }: NpmScript, starter: Starter): ReadonlyMap<string, string> {
  if (starter.kind === 'other') return new Map()
  const inherited = starter.kind === 'npm' ? npmSettingsOf(starter.pid) : undefined
  const isOurs = (name: string, value: string): boolean =>
    inherited === undefined ? !NPM_HAS_TOO.has(name) : inherited[name] !== value
  const taken = Object.entries(settings).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && entry[1] !== '' && isOurs(entry[0], entry[1]),
  )
  const configured = files.map(settingsIn)
  return new Map(taken.filter(([name, value]) => !configured.some((file) => file.get(name) === value)))
}

/** The settings in an .npmrc, which is an INI file; empty if it cannot be read. */
function settingsIn(file: string): ReadonlyMap<string, string> {
  const lines = (readIfPlainSync(file) ?? '').matchAll(/^\s*([a-z][\w-]*)\s*(?:=\s*(.*?))?\s*$/gim)
  return new Map([...lines].map(([, name = '', value = 'true']) => [name.replaceAll('_', '-'), value]))
}

/** proc_pid_stat(5): the fourth field, after the command's name in parentheses. */
function parentOf(pid: number): number | undefined {
  const stat = readProcess(pid, 'stat')
  const parent = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[1]
  return parent === undefined ? undefined : Number(parent)
}

function readProcess(pid: number, file: 'cmdline' | 'stat'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ').trim()
  } catch (error) {
    if (systemErrorOf(error) !== undefined) return undefined
    throw error
  }
}
