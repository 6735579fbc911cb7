import type { Options } from 'yargs'
import { variableOfFlag } from '../../../../scripts/env.js'
import { FLAG_CHOICES, FLAG_DEFAULTS } from '../../../../scripts/choices.js'
import type { Command } from '../../../../scripts/command.js'
import { commands } from '../../../../scripts/commands/all.js'
import { commonOptions } from '../../../../scripts/options.js'
import { positionalTexts } from '../../../../scripts/parse.js'
import { exitCodeTable } from './exit-codes.js'
import { anchorOf, blocks, code, fenced, generatedNote, table } from './markdown.js'

/** @param fromEnvironment the flags for which there is a `DISTROLAB_*` variable */
export function cliPage(fromEnvironment: ReadonlySet<string>): string {
  const flags = (options: Readonly<Record<string, Options>>): string => flagTable(options, fromEnvironment)
  return blocks(
    generatedNote('scripts/commands/'),
    '# Command line',
    [
      '`distrolab VERB [lab] [flags]`; from a clone `npm run VERB -- [lab] [flags]`. A lab is named by its name, or by',
      '`--profile P`, which means the default lab of that profile. The result goes to stdout, progress goes to stderr.',
    ].join(' '),
    table(
      ['verb', 'what it does'],
      commands.map(({ name, describe }) => [`[${code(name)}](#${anchorOf(name)})`, describe]),
    ),
    '## Flags of every verb',
    [
      'A flag that is given twice counts as given last. Where a variable is named, it sets the default of that flag:',
      'see [precedence](config.md#precedence).',
    ].join(' '),
    flags({ ...commonOptions, help: HELP, version: VERSION }),
    '## Exit codes',
    exitCodeTable(),
    '[Every error](errors.md#by-exit-code) names its exit code. A verb that differs from this table says so below.',
    ...commands.map((command) => verbSection(command, flags)),
  )
}

const HELP: Options = { type: 'boolean', describe: 'Show the flags and examples of the verb' }
const VERSION: Options = { type: 'boolean', describe: 'Show the version' }

type FlagTable = (options: Readonly<Record<string, Options>>) => string

function verbSection(command: Command, flags: FlagTable): string {
  const { name, positionals, describe, options = {}, examples, exitCodes = [] } = command
  const words = examples.some(([line]) => line.includes(' -- ')) ? '[-- command]' : undefined
  const hasFlags = Object.keys(options).length > 0
  const synopsis = ['distrolab', name, positionals, hasFlags ? '[flags]' : undefined, words]
  return blocks(
    `## ${name}`,
    fenced('text', synopsis.filter(Boolean).join(' ')),
    sentence(describe),
    positionals === undefined ? '' : positionalTable(positionals),
    hasFlags ? flags(options) : '',
    fenced('sh', exampleLines(examples)),
    exitCodes.length === 0
      ? ''
      : table(
          ['exit code', 'meaning'],
          exitCodes.map(([exitCode, meaning]) => [exitCode, meaning]),
        ),
  )
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

const positionalTable = (syntax: string): string =>
  table(
    ['word', 'meaning'],
    Object.entries(positionalTexts)
      .filter(([name]) => syntax.includes(`[${name}]`))
      .map(([name, describe]) => [code(`[${name}]`), describe]),
  )

/** The comments of a block of examples stand in one column. */
function exampleLines(examples: Command['examples']): string {
  const width = Math.max(...examples.map(([line]) => line.length))
  return examples.map(([line, does]) => `${line.padEnd(width)}    # ${does}`).join('\n')
}

const flagTable = (
  options: Readonly<Record<string, Options>>,
  fromEnvironment: ReadonlySet<string>,
): string =>
  table(
    ['flag', 'value', 'default', 'variable', 'meaning'],
    Object.entries(options).map(([name, option]) => [
      spelling(name, option),
      valueOf(name, option),
      FLAG_DEFAULTS[name] === undefined ? '' : code(FLAG_DEFAULTS[name]),
      fromEnvironment.has(name) ? code(variableOfFlag(name)) : '',
      option.describe ?? '',
    ]),
  )

const spelling = (name: string, { alias }: Options): string =>
  [alias === undefined ? [] : [code(`-${String(alias)}`)], code(`--${name}`)].flat().join(', ')

function valueOf(name: string, { type, array, choices }: Options): string {
  const known = choices?.map(String) ?? FLAG_CHOICES[name]
  if (known !== undefined) return known.map(code).join(', ')
  if (type === 'boolean') return 'switch'
  if (type === 'count') return 'switch, counted'
  return array === true ? 'text, may be repeated' : 'text'
}
