import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, jest, test } from '@jest/globals'
import { explain } from '../../../scripts/explain.js'
import { asTyped } from '../../../scripts/report/as-typed.js'
import { printable } from '../../../scripts/report/printable.js'
import { typed, typedWord } from '../../../scripts/report/typed.js'
import { allErrors, withValues } from '../../support/cli/hostile-faults.js'

jest.setTimeout(60_000)
const run = promisify(execFile)

const WORDS = [
  ...[
    'plain',
    '',
    ' ',
    'two words',
    "it's",
    '"',
    '\\',
    '$HOME',
    '$(touch x)',
    '`touch x`',
    'a;b',
    'a&&b',
    'a|b',
  ],
  ...[
    'a\nb',
    'a\tb',
    'ends\n',
    '\u001b[2J',
    '\r',
    "\u0007'\\",
    '\u202eabc',
    '\u200b',
    'ünïcode ☃',
    '*',
    '~',
    '#x',
    '!!',
  ],
  ...['{a,b}', '\u0085', '\u{e0001}', '-rf', '--', '%s', 'a=b', '<x', '&', '!', 'a  b', "'\\''", '\\047'],
]

/** Each text as its words; a program that does not exist is one that the shell hands to this function. */
const SCRIPT = `
command_not_found_handle() { printf '%s\\0' "$@"; }
for name in cd export kill read; do eval "$name() { command_not_found_handle $name \\"\\$@\\"; }"; done
PATH=/nowhere
# What a command in a command prints is one word, as it has no blanks there.
IFS=
set -f
for text in "$@"; do eval "$text"; printf '\\1\\0'; done`

async function wordsIn(texts: readonly string[]): Promise<string[][]> {
  const { stdout } = await run('bash', ['-c', SCRIPT, 'bash', ...texts], { maxBuffer: 1e8 })
  return stdout
    .split('\u0001\0')
    .slice(0, -1)
    .map((words) => words.split('\0').slice(0, -1))
}

test('a shell reads each word as it was meant, and each is printed as it is', async () => {
  const lines = WORDS.map((word) => `printed ${typedWord(word)} end`)
  expect(lines.map(printable)).toEqual(lines)
  expect(lines.filter((line) => /[\n\t]/.test(line))).toEqual([])
  expect(await wordsIn(lines)).toEqual(WORDS.map((word) => ['printed', word, 'end']))
})

test('a plain sh finds no more than one word in each', async () => {
  for (const word of WORDS) {
    const { stdout } = await run('sh', ['-c', `printf '%s\\0' ${typedWord(word)}`])
    expect([word, stdout.split('\0').length]).toEqual([word, 2])
  }
})

test('a value that begins with a dash is no flag', async () => {
  const lines = [
    typed`rm ${'-rf'}`,
    typed`distrolab up --profile ${'-x y'} --name ${'-n'}`,
    typed`cd ${'/-a'}`,
  ]
  expect(await wordsIn(lines)).toEqual([
    ['rm', '--', '-rf'],
    ['distrolab', 'up', '--profile=-x y', '--name=-n'],
    ['cd', '/-a'],
  ])
})

/** Ends quotes, runs commands, begins lines and comments, moves the cursor, and reads like one of our commands. */
const HOSTILE = `x'"\\ $(touch a)\`touch b\`; rm -rf .\n# && distrolab down all  |  <y\u001b[2J\u202e`

test.each([
  ['as it is', (hint: string) => hint],
  ['through npm', (hint: string) => asTyped(hint, true)],
])('the command lines of every hint have the very words that are meant, %s', async (_how, shown) => {
  const hintsOf = (value: string): string[] =>
    allErrors.map((error) => shown(explain(withValues(error, value)).hint))
  const [plain, hostile] = [hintsOf('plain1'), hintsOf(HOSTILE)]
  const isCommand = await readable(plain)
  const commands = (hints: readonly string[]) => hints.filter((_hint, at) => isCommand[at])
  expect(commands(plain).length).toBeGreaterThan(100)
  const expected = (await wordsIn(commands(plain))).map((words) =>
    words.map((word) => word.replaceAll('plain1', () => HOSTILE)),
  )
  expect(await wordsIn(commands(hostile))).toEqual(expected)
})

/** Some hints are sentences, which no shell takes: one word for each text, `yes` or `no`. */
async function readable(texts: readonly string[]): Promise<boolean[]> {
  const script = `for text in "$@"; do (eval "f() { $text
}") 2>/dev/null && echo yes || echo no; done`
  const { stdout } = await run('bash', ['-c', script, 'bash', ...texts])
  return stdout
    .trim()
    .split('\n')
    .map((word) => word === 'yes')
}
