import { describe, expect, test } from '@jest/globals'
import { commands } from '../../scripts/commands/all.js'
import { explain } from '../../scripts/explain.js'
import { commonOptions } from '../../scripts/options.js'
import { parseArguments, type Parsed } from '../../scripts/parse.js'
import { errorOf, readSource } from '../support/cli/support.js'
import { wordsOf } from '../support/cli/command-line.js'
import { specialNames } from '../stand-in/special-names.js'

const parse = (...argv: string[]): Promise<Parsed> => parseArguments(argv, '1.2.3')

async function chosen(...argv: string[]): Promise<Extract<Parsed, { kind: 'command' }>> {
  const parsed = await parse(...argv)
  if (parsed.kind !== 'command') throw new Error(`help instead of a command: ${parsed.text}`)
  return parsed
}

async function helpOf(...argv: string[]): Promise<string> {
  const parsed = await parse(...argv)
  if (parsed.kind !== 'help') throw new Error(`a command instead of help: ${parsed.command.name}`)
  return parsed.text
}

async function refusal(...argv: string[]): Promise<string> {
  const { message, exitCode, code } = explain(await errorOf(parse(...argv)))
  expect({ code, exitCode }).toEqual({ code: 'usage', exitCode: 2 })
  return message
}

const VERBS = [
  ...['fixtures apply', 'fixtures verify', 'fixtures diff', 'fixtures list'],
  ...['plan', 'swap', 'reset', 'recover', 'ssh-config'],
  ...['up', 'down', 'status', 'list', 'ssh', 'exec', 'images', 'regions', 'synth', 'history', 'doctor'],
  ...['lock status', 'lock break'],
  ...['images import', 'images forget', 'images warm', 'images prune'],
  ...['backend init', 'backend show'],
  ...['net break', 'net heal', 'net capture'],
  ...['extend', 'cleanup', 'reap', 'docs', 'completion'],
  ...['cp', 'forward', 'console', 'stop', 'start'],
]

describe('the command table', () => {
  test('has exactly the verbs that the design asks for', () => {
    expect(commands.map(({ name }) => name).sort()).toEqual([...VERBS].sort())
  })

  test.each(commands.map((command) => [command.name, command] as const))(
    '%s describes itself and each of its flags, and shows an example',
    (_name, command) => {
      expect(command.describe).not.toBe('')
      expect(command.examples.length).toBeGreaterThan(0)
      const options = Object.entries({ ...commonOptions, ...command.options })
      expect(options.filter(([, option]) => !option.describe).map(([flag]) => flag)).toEqual([])
    },
  )

  test.each(
    commands.flatMap(({ name, examples }) => examples.map(([line, does]) => [line, name, does] as const)),
  )('the example "%s" is a command line of %s', async (line, name, does) => {
    const [program, ...argv] = wordsOf(line)
    expect(program).toBe('distrolab')
    expect((await chosen(...argv)).command.name).toBe(name)
    expect(does).not.toBe('')
  })

  test('has no flag that differs from a common one under the same name', () => {
    const shadowed = commands.flatMap(({ options = {} }) =>
      Object.keys(options).filter((flag) => flag in commonOptions),
    )
    expect(shadowed).toEqual([])
  })

  test('package.json has an npm script for each verb', async () => {
    const { scripts } = JSON.parse(await readSource('package.json')) as { scripts: Record<string, string> }
    for (const verb of new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))) {
      expect([verb, scripts[verb]]).toEqual([verb, `node dist/bundle/cli.js ${verb}`])
    }
  })
})

describe('help', () => {
  test('--help lists every verb with its description', async () => {
    const text = await helpOf('--help')
    for (const { name, describe: what } of commands) {
      expect(text).toContain(`distrolab ${name.split(' ')[0] ?? ''}`)
      expect(text.replaceAll(/\s+/g, ' ')).toContain(what)
    }
  })

  test.each(commands.map(({ name }) => [name]))('%s --help shows its flags and examples', async (name) => {
    const command = commands.find((candidate) => candidate.name === name)
    const text = await helpOf(...name.split(' '), '--help')
    for (const flag of Object.keys({ ...commonOptions, ...command?.options }))
      expect(text).toContain(`--${flag}`)
    const flat = text.replaceAll(/\s+/g, ' ')
    for (const [line, does] of command?.examples ?? []) {
      expect(flat).toContain(line)
      expect(flat).toContain(does)
    }
  })

  test('--version and -V print the version alone', async () => {
    expect(await helpOf('--version')).toBe('1.2.3')
    expect(await helpOf('-V')).toBe('1.2.3')
  })

  test.each([[''], ['up'], ['lock'], ['lock break'], ['images'], ['images import']])(
    'help %s is the text of --help there, and of -h',
    async (verb) => {
      const words = verb.split(' ').filter((word) => word !== '')
      const text = await helpOf(...words, '--help')
      expect(await helpOf('help', ...words)).toBe(text)
      expect(await helpOf(...words, '-h')).toBe(text)
    },
  )

  test.each([
    [['help', 'stauts'], 'There is no verb "stauts". Did you mean start or status?'],
    [['help', 'lock', 'brake'], 'There is no verb "lock brake". Did you mean break?'],
    [['hlep'], 'There is no verb "hlep". Did you mean help?'],
  ])('%j is a usage error with near names', async (argv, message) => {
    expect(await refusal(...argv)).toBe(message)
  })

  test('--help has one line for each verb of two words, and no line for the first word alone', async () => {
    const lines = (await helpOf('--help')).split('\n')
    for (const name of ['lock status', 'lock break', 'backend init', 'backend show', 'images forget'])
      expect(lines.filter((line) => line.startsWith(`  distrolab ${name} `))).toHaveLength(1)
    expect(lines.filter((line) => /^ {2}distrolab (lock|backend) {2,}/.test(line))).toEqual([])
  })

  test('the help of a group has one line for each of its verbs', async () => {
    const lines = (await helpOf('help', 'lock')).split('\n')
    expect(
      lines.filter((line) => line.startsWith('  distrolab lock ')).map((line) => line.slice(17, 23)),
    ).toEqual(['status', 'break '])
  })
})

describe('what was typed', () => {
  test('the lab is the positional, flags keep their names and have no defaults', async () => {
    const { args } = await chosen('up', 'my-lab', '--wait-lock', '0', '--profile=debian-local', '-o', 'json')
    expect(args.lab).toBe('my-lab')
    expect(args.flags).toMatchObject({ 'wait-lock': '0', profile: 'debian-local', output: 'json' })
    expect(args.flags['region']).toBeUndefined()
    expect(args.words).toEqual([])
  })

  test('flags may stand before the verb', async () => {
    const { command, args } = await chosen('-o', 'json', 'status', 'x')
    expect([command.name, args.lab, args.flags['output']]).toEqual(['status', 'x', 'json'])
  })

  test('values that look like numbers stay as they were typed', async () => {
    const { args } = await chosen('up', '007', '--instance-type', '04', '--wait-lock', '1e3')
    expect([args.lab, args.flags['instance-type'], args.flags['wait-lock']]).toEqual(['007', '04', '1e3'])
  })

  test('-vv counts', async () => {
    expect((await chosen('up', '-vv')).args.flags['verbose']).toBe(2)
    expect((await chosen('up')).args.flags['verbose']).toBe(0)
  })

  test('a flag given twice counts as given last; one that may be repeated takes one value each time', async () => {
    const line = [
      'exec',
      '--machine',
      'a',
      '--env',
      'A=1',
      'demo',
      '--env=B=2',
      '--machine',
      'b',
      '--',
      'true',
    ]
    const parsed = await parseArguments(line, '1.2.3')
    expect(parsed).toMatchObject({
      args: { lab: 'demo', flags: { machine: 'b', env: ['A=1', 'B=2'] } },
    })
  })

  test('words after -- are untouched, whatever they look like', async () => {
    const words = ['--profile', 'x', '-o', 'json', '--', '--help', '', 'a b', "it's", '007', '$HOME']
    const { command, args } = await chosen('exec', 'lab', '--', ...words)
    expect(command.name).toBe('exec')
    expect(args.lab).toBe('lab')
    expect(args.words).toEqual(words)
    expect(args.flags['profile']).toBeUndefined()
    expect(args.flags['output']).toBeUndefined()
  })
})

describe('what was mistyped', () => {
  test.each([
    ['stauts', 'status'],
    ['dwon', 'down'],
    ['lst', 'list'],
    ['exce', 'exec'],
  ])('the verb %s gets the near name %s', async (given, near) => {
    const message = await refusal(given)
    expect(message).toContain(`"${given}"`)
    expect(message).toMatch(new RegExp(`Did you mean .*\\b${near}\\b`))
  })

  test('a verb that resembles nothing gets no suggestion', async () => {
    expect(await refusal('xyzzyquux')).toBe('There is no verb "xyzzyquux".')
  })

  test.each([
    ['up', '--profil', '--profile'],
    ['up', '--wait-lokc', '--wait-lock'],
    ['exec', '--machin', '--machine'],
    ['list', '--al', '--all'],
  ])('%s %s gets the near name %s', async (verb, given, near) => {
    const message = await refusal(verb, `${given}=x`)
    expect(message).toContain(`There is no flag ${given}.`)
    expect(message).toMatch(new RegExp(`Did you mean .*${near}\\b`))
  })

  test('a flag of a verb of two words gets a near name too', async () => {
    expect(await refusal('lock', 'status', '--profil', 'x')).toContain('Did you mean --profile')
  })

  test.each(commands.map(({ name }) => [name]))('%s refuses a flag that nobody knows', async (name) => {
    expect(await refusal(...name.split(' '), '--nosuchflag')).toContain('nosuchflag')
    expect(await refusal(...name.split(' '), '-Z')).toContain('Z')
  })

  test('a flag of another verb is refused', async () => {
    await refusal('list', '--install-prerequisites')
  })

  test('images is a verb by itself, and the first of two words', async () => {
    for (const flags of [[], ['-o', 'json']])
      expect((await chosen('images', ...flags)).command.name).toBe('images')
    const { command, args } = await chosen('images', 'import', 'arch', '--provider', 'google')
    expect([command.name, args.flags['distro'], args.flags['provider']]).toEqual([
      ...['images import', 'arch', 'google'],
    ])
    expect(await refusal('images', 'imprt')).toBe('There is no verb "images imprt". Did you mean import?')
    expect(await refusal('images', 'import', '--bukcet', 'x')).toContain('Did you mean --bucket?')
  })

  test('lock without its second word, or with a wrong one, says what there is', async () => {
    expect(await refusal('lock')).toContain('status')
    expect(await refusal('lock', 'stauts')).toBe('There is no verb "lock stauts". Did you mean status?')
    expect(await refusal('lock', 'xyzzy')).toBe('There is no verb "lock xyzzy". Choose from: status, break.')
  })

  test.each([
    ['no verb at all', []],
    ['a flag without its value', ['up', '--profile']],
    ['a word too many', ['status', 'a', 'b']],
    ['a lab where none is taken', ['doctor', 'x']],
  ])('%s is a usage error', async (_what, argv) => {
    expect(await refusal(...argv)).not.toBe('')
  })

  test('names of the language itself are no verbs', async () => {
    for (const name of ['constructor', '__proto__', 'toString']) {
      expect(await refusal(name)).toContain(`There is no verb "${name}".`)
    }
  })
})

const verbsOfLabs = commands.filter(({ positionals }) => positionals?.startsWith('[lab]') === true)

test.each(verbsOfLabs)('$name reads every name that a lab may have as a lab', async ({ name }) => {
  for (const lab of specialNames) {
    const { command, args } = await chosen(...name.split(' '), lab)
    expect([command.name, args.lab]).toEqual([name, lab])
  }
})

test.each(['-h', '-vh', '-qV', '--version'])('%s is a wish for text wherever it stands', async (flag) => {
  expect(await helpOf('down', 'web', flag)).not.toBe('')
})
