import { beforeAll, describe, expect, test } from '@jest/globals'
import { commands } from '../../../scripts/commands/all.js'
import { buildTable } from '../../../scripts/completion/build-table.js'
import { answer, type Answer, type LocalNames } from '../../../scripts/completion/candidates.js'
import { readLine } from '../../../scripts/completion/line.js'
import { readTable, type CompletionTable } from '../../../scripts/completion/table.js'
import { commonOptions } from '../../../scripts/options.js'

let table: CompletionTable
beforeAll(async () => {
  table = await buildTable()
})

const local: LocalNames = {
  labs: [
    { lab: 'web', state: 'ready', profile: 'debian-local', machines: ['main', 'target'] },
    { lab: 'we-aws', state: 'in-use', profile: 'fedora-aws', machines: ['main'] },
    { lab: 'was', state: 'destroyed', profile: 'debian-local', machines: [] },
  ],
  profiles: [{ name: 'big', describe: 'debian-13 on local' }],
  distros: [{ name: 'ours-1', describe: 'from distros' }],
}

/** The words of a line are split at blanks; what stands after the last one is begun. */
function ask(line: string): Answer {
  const words = line.split(' ')
  return answer(table, readLine(table, words.slice(0, -1), words.at(-1) ?? ''), local)
}
const offered = (line: string): string[] => ask(line).words.map(({ name }) => name)

describe('the table', () => {
  test('that the build left is the one of these commands', () => {
    expect(readTable()).toEqual(table)
  })

  test('has every verb with every flag', () => {
    for (const { name, options = {} } of commands) {
      const verb = table.verbs.find((each) => each.name === name)
      expect(verb?.flags.map((flag) => flag.name)).toEqual(expect.arrayContaining(Object.keys(options)))
    }
    expect(table.common.map(({ name }) => name)).toEqual([...Object.keys(commonOptions), 'help', 'version'])
  })
})

describe('verbs', () => {
  test('are each offered once, by their first word', () => {
    const firsts = [...new Set(commands.map(({ name }) => name.split(' ')[0]))]
    expect(offered('')).toEqual([...firsts, 'help'])
    expect(offered('stat')).toEqual(['status'])
  })

  test('of two words are completed word by word', () => {
    expect(offered('lock ')).toEqual(['status', 'break'])
    expect(offered('images i')).toEqual(['import'])
  })

  test('that print a page are followed by its name', () => {
    expect(offered('docs stuck')).toEqual(['stuck-state'])
  })

  test('follow help, as many words as they have', () => {
    expect(offered('help lo')).toEqual(['lock'])
    expect(offered('help lock b')).toEqual(['break'])
    expect(offered('help up ')).toEqual([])
  })

  test('come after flags that stand before them', () => {
    expect(offered('-o json stat')).toEqual(['status'])
    expect(offered('--output=json stat')).toEqual(['status'])
  })
})

describe('flags', () => {
  test('are those of the verb and of every verb, without those that are given', () => {
    expect(offered('list --')).toEqual([
      ...['--all', '--backend', '--config', '--output', '--verbose', '--quiet', '--help', '--version'],
    ])
    expect(offered('list --all -o json --')).not.toContain('--all')
    expect(offered('list --all -o json --')).not.toContain('--output')
  })

  test('that may be repeated are offered again', () => {
    expect(offered('exec web --env A=1 --en')).toEqual(['--env'])
  })
})

describe('values', () => {
  test.each([
    ['list -o ', ['text', 'json']],
    ['plan -o ', ['text', 'json', 'markdown']],
    ['up --wait ', ['ready', 'ssh', 'none']],
    ['up --wait=s', ['--wait=ssh']],
    ['up --on-failure ', ['keep', 'destroy']],
    ['up --arch ', ['x86_64', 'arm64']],
    ['up --size x', ['xl']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['regions --provider ', ['aws', 'azure', 'google']],
    ['up --profile debian-13-l', ['debian-13-local']],
    ['up --profile bi', ['big']],
    ['swap web debian-1', ['debian-12', 'debian-13']],
    ['swap web our', ['ours-1']],
    ['images import rock', ['rocky', 'rocky-9', 'rocky-10']],
    [
      'plan --profile debian-13-aws,fedora-44-a',
      ['debian-13-aws,fedora-44-aws', 'debian-13-aws,fedora-44-azure'],
    ],
    ['up --name web --backend ', []],
  ])('"%s" is completed by %j', (line, words) => {
    expect(offered(line)).toEqual(words)
  })

  test('of a provider are those of the one that the line names', () => {
    const regions = offered('up --profile fedora-google --region ')
    expect(regions).toContain('europe-west1')
    expect(regions).not.toContain('eu-west-1')
    expect(offered('up --profile big --region eu-west-1')).toEqual(['eu-west-1'])
    expect(offered('up --profile debian-local --size ')).not.toContain('xl')
  })

  test.each([
    ['up --config ', 'files'],
    ['up --ssh-key=', 'files'],
    ['synth web --out ', 'folders'],
  ])('of "%s" are left to the shell as %s', (line, kind) => {
    expect(ask(line)).toEqual({ kind, words: [] })
  })
})

describe('labs', () => {
  test('that live are offered where one can be named, and once', () => {
    expect(offered('down we')).toEqual(['web', 'we-aws'])
    expect(offered('lock break we')).toEqual(['web', 'we-aws'])
    expect(offered('down web ')).toEqual([])
    expect(offered('list ')).toEqual([])
  })

  test('that are destroyed are offered where their past is asked for', () => {
    expect(offered('history wa')).toEqual(['was'])
    expect(offered('down wa')).toEqual([])
  })

  test('that do not exist yet are offered to up by the names of profiles', () => {
    expect(offered('up debian-13-l')).toEqual(['debian-13-local'])
    expect(offered('up b')).toEqual(['big'])
  })

  test('give the names of their machines', () => {
    expect(offered('ssh web --machine ')).toEqual(['main', 'target'])
    expect(offered('exec --name we-aws --machine ')).toEqual(['main'])
  })
})

describe('a command of exec or ssh', () => {
  test('begins after --, which is offered once the lab is named', () => {
    expect(offered('exec web ')).toEqual(['--'])
    expect(offered('exec --profile debian-local ')).toEqual(['--'])
  })

  test('is the matter of the shell, flags of ours in it too', () => {
    expect(ask('exec web -- un')).toEqual({ kind: 'command', words: [] })
    expect(ask('ssh web -- x --wait ')).toEqual({ kind: 'command', words: [] })
  })
})
