import yargs, { type Argv } from 'yargs'
import { ownWords } from './asked-output.js'
import type { Args, Command } from './command.js'
import { textFlag, type Flags } from './flags.js'
import { commands } from './commands/all.js'
import { LabError } from './errors.js'
import { commonOptions } from './options.js'

/** The only verb that is not a command: it shows the text of `--help`. */
export const HELP = { name: 'help', describe: 'Show what a verb does, with its flags and examples' } as const

export type Parsed =
  | { readonly kind: 'command'; readonly command: Command; readonly args: Args }
  | { readonly kind: 'help'; readonly text: string }

/** Reads a command line. Throws LabError usage, with near names for a mistyped verb or flag. */
export async function parseArguments(argv: readonly string[], version: string): Promise<Parsed> {
  const before = ownWords(argv)
  const own = withoutHelpVerb(before)
  const words = argv.slice(before.length + 1)
  await assertKnownVerb(own)
  let chosen: { command: Command; args: Args } | undefined
  let output = ''
  const onChosen: Chosen = (command, flags) => {
    chosen = { command, args: { lab: textFlag(flags, 'lab'), words, flags } }
  }
  const { parser, rest } = parserFor(own, version, onChosen)
  let failure: LabError | undefined
  parser.fail((message, error) => {
    if (error instanceof LabError) failure = error
    else failure = new LabError({ code: 'usage', problem: message })
    throw failure
  })
  await parser.parseAsync([...rest], {}, (_error: unknown, _argv: unknown, text: string) => {
    output = text
  })
  if (failure !== undefined) throw failure
  if (chosen !== undefined) return { kind: 'command', ...chosen }
  return { kind: 'help', text: output }
}

/** `help lock break` is `lock break --help`. */
const withoutHelpVerb = (argv: readonly string[]): readonly string[] =>
  argv[0] === HELP.name ? [...argv.slice(1), '--help'] : argv

type Chosen = (command: Command, flags: Flags) => void

interface ParserFor {
  readonly parser: Argv
  /** The words that the parser still has to read. */
  readonly rest: readonly string[]
}

/**
 * The parser knows only the command that runs: yargs prepares the help of every verb it knows, requested or
 * not, which would take a tenth of each start.
 */
function parserFor(argv: readonly string[], version: string, onChosen: Chosen): ParserFor {
  const [verb, second] = argv
  const wantsText = argv.some((word) => /^(--help|--version|-[vqy]*[hV])$/.test(word))
  const command = wantsText ? undefined : commandOf(verb, second)
  if (command === undefined) return { parser: parserOfAll(version, onChosen), rest: argv }
  // With its help enabled, yargs reads a last word "help" as a request, but it may be a lab's name.
  const parser = addCommand(emptyParser(version).help(false), '$0', command, onChosen)
  return { parser, rest: argv.slice(command.name.split(' ').length) }
}

const commandOf = (verb?: string, second?: string): Command | undefined =>
  commands.find(({ name }) => name === `${verb} ${second}`) ?? commands.find(({ name }) => name === verb)

const emptyParser = (version: string): Argv =>
  yargs()
    .scriptName('distrolab')
    .usage('$0 <verb> [lab] [flags]\n\nA Linux machine of the distribution you name, over SSH.')
    .version(version)
    .alias({ help: 'h', version: 'V' })
    .options(commonOptions)
    .strict()
    .exitProcess(false)
    .wrap(110)
    .epilogue(
      'Environment: DISTROLAB_HOME, DISTROLAB_CACHE, DISTROLAB_TOFU, and DISTROLAB_<FLAG> for any flag.',
    )
    .parserConfiguration({
      'camel-case-expansion': false,
      'boolean-negation': false,
      'greedy-arrays': false,
    })

function parserOfAll(version: string, onChosen: Chosen): Argv {
  const filled = verbGroups().reduce(
    (parser, { name, members }) => addGroup(parser, name, members, onChosen),
    emptyParser(version).demandCommand(1, 'Name a verb.'),
  )
  return filled.command(`${HELP.name} [verb]`, HELP.describe)
}

interface VerbGroup {
  readonly name: string
  readonly members: readonly Command[]
}

/** The commands by the first word of their names, in the order of the table. */
function verbGroups(): VerbGroup[] {
  const names = [...new Set(commands.map(({ name }) => firstWord(name)))]
  return names.map((name) => ({ name, members: commands.filter((each) => firstWord(each.name) === name) }))
}

const firstWord = (name: string): string => name.split(' ')[0] ?? ''

function addGroup(parser: Argv, name: string, members: readonly Command[], onChosen: Chosen): Argv {
  const [only] = members
  if (members.length === 1 && only?.name === name) return addCommand(parser, name, only, onChosen)
  // Each of these is only a line of the help: the hidden command below replaces them.
  const listed = members.reduce((argv, member) => argv.command(syntaxOf(member), member.describe), parser)
  return listed.command(name, false, (group) => {
    const verbs = members.map((member) => member.name.slice(name.length + 1))
    // A verb that also does something by itself is the group's own.
    const filled = members.reduce(
      (argv, member, index) => addCommand(argv, verbs[index] || '$0', member, onChosen),
      group,
    )
    return verbs.includes('') ? filled : filled.demandCommand(1, `Name one of: ${verbs.join(', ')}.`)
  })
}

const syntaxOf = ({ name, positionals }: Command): string => [name, positionals].filter(Boolean).join(' ')

function addCommand(parser: Argv, verb: string, command: Command, onChosen: Chosen): Argv {
  return parser.command(
    [verb, command.positionals].filter(Boolean).join(' '),
    command.describe,
    (argv) => {
      const withLab =
        command.positionals === undefined ? argv : describePositionals(argv, command.positionals)
      return withLab
        .options(command.options ?? {})
        .example(command.examples.map(([line, does]) => [line, does]))
    },
    // yargs has checked the flags against our own options, which know these types.
    (flags) => onChosen(command, lastOfEach(command, flags as Flags)),
  )
}

/** A flag that is given more than once counts as last given, unless it may be repeated. */
const lastOfEach = ({ options = {}, positionals = '' }: Command, flags: Flags): Flags =>
  Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [
      name,
      Array.isArray(value) && options[name]?.array !== true && !positionals.includes(`[${name}..]`)
        ? String(value.at(-1))
        : value,
    ]),
  )

/** The words that may follow a verb, by their names in its `positionals`. */
export const positionalTexts = {
  lab: "The lab's name",
  distro: 'A distro or one of its releases, such as debian-12',
  from: 'A machine of the lab',
  to: 'Another machine of the lab',
  set: 'A set of test files, or the path of its file',
  one: 'A machine of the lab, as MACHINE, MACHINE:PATH or LAB/MACHINE:PATH',
  other: 'The machine to compare it with',
  page: 'A page of the documentation, such as stuck-state',
  shell: 'bash, zsh or fish',
  source: 'What to copy: a path here, or LAB:PATH on a machine',
  target: 'Where to: a path here, or LAB:PATH on a machine',
  ports: 'Ports of the machine, such as 8080; 9000:80 listens on 9000 here',
}

function describePositionals(argv: Argv, syntax: string): Argv {
  const named = Object.entries(positionalTexts).filter(([name]) => syntax.includes(`[${name}`))
  return named.reduce(
    (filled, [name, describe]) => filled.positional(name, { type: 'string', describe }),
    argv,
  )
}

/** yargs names the unknown word; this adds the likely one. */
async function assertKnownVerb(argv: readonly string[]): Promise<void> {
  const verb = argv.find((word) => !word.startsWith('-'))
  const verbs = [...verbGroups().map(({ name }) => name), HELP.name]
  const position = verb === undefined ? -1 : argv.indexOf(verb)
  const known = verb !== undefined && verbs.includes(verb)
  if (verb !== undefined && !known && position === 0) {
    throw new LabError({
      code: 'usage',
      problem: `There is no verb "${verb}".${await suggestion(verb, verbs)}`,
    })
  }
  const second = argv[position + 1] ?? ''
  const command = commandOf(verb, second)
  // For a verb without words, the next word belongs to a verb of two words.
  if (known && command?.positionals === undefined && command?.name !== `${verb} ${second}`)
    await assertKnownMember(verb, second)
  const flags = [...Object.keys(commonOptions), ...Object.keys(command?.options ?? {}), 'help', 'version']
  const mistyped = argv.find((word) => /^--[a-z]/.test(word) && !flags.includes(flagName(word)))
  if (command !== undefined && mistyped !== undefined) {
    const hint = await suggestion(flagName(mistyped), flags, '--')
    throw new LabError({
      code: 'usage',
      command: command.name,
      problem: `There is no flag --${flagName(mistyped)}.${hint}`,
    })
  }
}

/** The second word of a verb of two words; yargs reports a missing one, or a flag in its place. */
async function assertKnownMember(group: string, second: string): Promise<void> {
  if (second === '' || second.startsWith('-')) return
  const members = commands.flatMap(({ name }) =>
    name.startsWith(`${group} `) ? [name.slice(group.length + 1)] : [],
  )
  if (members.length === 0 || members.includes(second)) return
  const near = await suggestion(second, members)
  const problem = `There is no verb "${group} ${second}".${near || ` Choose from: ${members.join(', ')}.`}`
  throw new LabError({ code: 'usage', problem })
}

const flagName = (word: string): string => word.slice(2).split('=')[0] ?? ''

async function suggestion(given: string, known: readonly string[], prefix = ''): Promise<string> {
  const { nearNames } = await import('../distro-catalog/near-names.js')
  const { didYouMean } = await import('./explain/explanation.js')
  return didYouMean(nearNames(given, known).map((name) => `${prefix}${name}`))
}
