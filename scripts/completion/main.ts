import { open } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { readEnvironment } from '../env.js'
import { bashReplacement, splitBashLine, type BashLine } from './bash-line.js'
import { answer } from './candidates.js'
import { readLine } from './line.js'
import { localNames } from './local-names.js'
import { readTable, type Named } from './table.js'

/** The hidden first word with which completion starts its own process; `cli.ts` also knows it. */
const LIST_LABS = '__list-labs'

/**
 * Prints what completes a command line: a line with its kind (`words`, `files`, `folders` or `command`), then
 * one line for each word, with a tab before its description. Loads neither the parser nor any command.
 *
 * `argv`: the shell's name; then for bash the line up to the cursor and the part of it that bash will
 * replace, for the others the words after `distrolab`, the last of them unfinished or empty.
 */
export async function completeMain([shell, ...given]: readonly string[]): Promise<number> {
  const table = readTable()
  const bash = shell === 'bash' ? splitBashLine(given[0] ?? '') : undefined
  const [before, current] = bash === undefined ? wordsOf(given) : [bash.before.slice(1), bash.current]
  const line = readLine(table, before, current)
  const local = await localNames(readEnvironment(), table, line, askForLabs)
  const { kind, words } = answer(table, line, local)
  const lines = words
    .filter(({ name }) => isPrintable(name))
    .map((word) => (bash === undefined ? describedLine(word) : bashWord(word, bash, given[1] ?? '')))
  process.stdout.write([kind, ...lines].map((each) => `${each}\n`).join(''))
  return 0
}

/** Lists a bucket's labs for later completions. */
export async function listLabsMain([backend = '']: readonly string[]): Promise<number> {
  const { parseBackendUrl } = await import('../../backend/location.js')
  const { openStore } = await import('../../backend/open-store.js')
  const { listLiving } = await import('../../backend/record.js')
  const { writeBucketLabs } = await import('./lab-list.js')
  const location = parseBackendUrl(backend)
  const { labs } = await listLiving(await openStore(location))
  await writeBucketLabs(readEnvironment().cache, location, Date.now(), labs)
  return 0
}

const wordsOf = (given: readonly string[]): [before: readonly string[], current: string] => [
  given.slice(0, -1),
  given.at(-1) ?? '',
]

/** Names from a configuration may contain anything, and must not reach a terminal unchecked. */
const isPrintable = (name: string): boolean => !/\p{C}/u.test(name)

const describedLine = ({ name, describe }: Named): string =>
  `${name}\t${describe.replaceAll(/[\p{C}\s]+/gu, ' ')}`

const bashWord = ({ name }: Named, line: BashLine, replaced: string): string =>
  bashReplacement(name, line, replaced)

/** A separate process lists the bucket, so that no press of Tab waits for it. */
async function askForLabs(backend: string): Promise<void> {
  const { startDetached } = await import('../../local-vm/run.js')
  const nowhere = await open('/dev/null', 'a')
  const program = process.argv[1] ?? fileURLToPath(import.meta.url)
  await startDetached(process.execPath, [program, LIST_LABS, backend], nowhere.fd)
  await nowhere.close()
}
