import { dirname } from 'node:path'
import { readPlainFile, refusalIn } from '../../backend/plain-file.js'
import { cleanLine } from '../../backend/clean-text.js'
import type { AuthorizedKey } from '../../backend/record-schema.js'
import type { ConfigProblem } from '../config-schema.js'
import { absolutePath } from '../config.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { isPrivateKey, keyLines, parsePublicKey } from '../machine/public-key.js'

/** What one entry of `authorizedKeys` gives. */
interface Found {
  readonly keys: readonly AuthorizedKey[]
  readonly problems: readonly Omit<ConfigProblem, 'file' | 'field'>[]
  /** Why keys that may exist are not among them. */
  readonly remark?: string
}

const nothing: Found = { keys: [], problems: [] }
const GITHUB = 'github:'
const isGithub = (entry: string): boolean => entry.startsWith(GITHUB)
const EXPECTED = 'a public key, a file of public keys, or github:NAME'

/** Whatever can be known without a network. Throws LabError config-invalid with every problem. */
export async function checkTeamKeys(context: Context): Promise<void> {
  await collect(context, (entry) => (isGithub(entry) ? checkGithubName(entry) : readEntry(context, entry)))
}

/**
 * The keys of `authorizedKeys`, each once, with the entry they come from. Keys that a GitHub host does not tell within
 * seconds are said to be missing, and stay so. Throws LabError config-invalid with every problem.
 */
export async function resolveTeamKeys(context: Context, lab: string): Promise<AuthorizedKey[]> {
  const found = await collect(context, (entry) =>
    isGithub(entry) ? askGithub(context, entry) : readEntry(context, entry),
  )
  for (const { remark } of found) {
    if (remark !== undefined) context.progress.say(`${remark}: creating the lab ${lab} without these keys`)
  }
  const keys = found.flatMap((one) => one.keys)
  return keys.filter((key, n) => keys.findIndex(({ publicKey }) => publicKey === key.publicKey) === n)
}

async function collect(context: Context, read: (entry: string) => Promise<Found>): Promise<Found[]> {
  const { values, origins } = context.config
  const found = await Promise.all((values.authorizedKeys ?? []).map(read))
  const file = origins.authorizedKeys ?? ''
  const problems = found.flatMap((one, n) =>
    one.problems.map((problem) => ({ file, field: `authorizedKeys.${n}`, ...problem })),
  )
  if (problems.length > 0) throw new LabError({ code: 'config-invalid', problems })
  return found
}

async function readEntry(context: Context, entry: string): Promise<Found> {
  if (isPrivateKey(entry)) return problem('a private key', PRIVATE_FIX)
  // A path has no blanks followed by base64 after a type; what looks like a key is meant as one.
  if (/^(ssh|ecdsa|sk)-\S+\s/.test(entry)) {
    const publicKey = parsePublicKey(entry)
    const [, , comment = 'a key in the configuration'] = entry.trim().split(/\s+/)
    if (publicKey !== undefined) return { ...nothing, keys: [{ publicKey, from: cleanLine(comment) }] }
    return problem(`${shown(entry)}, which is not a complete key`, 'Copy the whole line of the .pub file.')
  }
  return readKeyFile(entry, absolutePath(entry, dirname(context.config.origins.authorizedKeys ?? '')))
}

type Given =
  { readonly text: string; readonly reason?: never } | { readonly text?: never; readonly reason: string }

async function readGiven(path: string): Promise<Given> {
  try {
    const text = await readPlainFile(path, { links: 'followed' })
    return text === undefined ? { reason: 'no such file' } : { text }
  } catch (error) {
    return { reason: refusalIn(error) ?? String((error as NodeJS.ErrnoException).code) }
  }
}

async function readKeyFile(entry: string, path: string): Promise<Found> {
  const { text, reason } = await readGiven(path)
  if (text === undefined) {
    return problem(
      `${shown(entry)} (${entry === path || !isShort(entry) ? '' : `${path}: `}${reason})`,
      'Name an existing file, or put the key itself here.',
    )
  }
  if (isPrivateKey(text)) return problem(`"${entry}", which is a private key`, PRIVATE_FIX)
  const lines = keyLines(text)
  if (lines.length === 0) return problem(`"${entry}", which holds no key`, 'Put one key on each line.')
  const keys = lines.map(parsePublicKey)
  const bad = keys.flatMap((key, n) => (key === undefined ? [`line ${n + 1} of its keys is not a key`] : []))
  if (bad.length > 0)
    return problem(`"${entry}": ${bad.join(', ')}`, 'Write one "<type> <base64>" per line, without options.')
  return {
    ...nothing,
    keys: keys.flatMap((publicKey) => (publicKey ? [{ publicKey, from: cleanLine(entry) }] : [])),
  }
}

/** What was pasted into the wrong place may be anything, a secret too. */
const isShort = (text: string): boolean => !/\n|^.{120}|^[\w+/=]{40}/.test(text)
const shown = (text: string): string => (isShort(text) ? `"${text}"` : `"${text.slice(0, 16)}…"`)

const PRIVATE_FIX = 'Name the .pub file beside it; a private key does not belong on a lab.'

const problem = (got: string, fix: string): Found => ({
  ...nothing,
  problems: [{ expected: EXPECTED, got, fix }],
})

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/

async function checkGithubName(entry: string): Promise<Found> {
  if (NAME.test(entry.slice(GITHUB.length))) return nothing
  return problem(`"${entry}"`, 'A GitHub name has letters, digits, - and _ only.')
}

async function askGithub({ settings, env, interrupt }: Context, entry: string): Promise<Found> {
  const unsound = await checkGithubName(entry)
  if (unsound.problems.length > 0) return unsound
  const url = `${settings.githubUrl}/${entry.slice(GITHUB.length)}.keys`
  const { fetchGithubKeys } = await import('../machine/github-keys.js')
  const answer = await fetchGithubKeys(url, { signal: interrupt.signal, proxied: env.proxied })
  switch (answer.kind) {
    case 'keys':
      return { ...nothing, keys: answer.publicKeys.map((publicKey) => ({ publicKey, from: entry })) }
    case 'no-such-user':
      return problem(`"${entry}" (${url}: HTTP 404)`, 'Correct the name, or remove the entry.')
    case 'silent':
      return { ...nothing, remark: `${entry}: no keys from ${url} (${answer.reason})` }
  }
}
