import { expect, test } from '@jest/globals'
import { readTable } from '../../../scripts/completion/table.js'
import { meantBy } from '../../../scripts/npm/meant-line.js'

const table = readTable()

function meant(argv: readonly string[], settings: Readonly<Record<string, string>>) {
  const name = argv[0] === 'lock' ? argv.slice(0, 2).join(' ') : argv[0]
  const verb = table.verbs.find((each) => each.name === name)
  if (verb === undefined) throw new Error(`no verb ${name}`)
  return meantBy(table, verb, argv.slice(verb.name.split(' ').length), new Map(Object.entries(settings)))
}

test.each([
  [['list'], { all: 'true' }, 'list --all'],
  [['list', 'json'], { o: 'true' }, 'list --output json'],
  [['up', 'web', '4h'], { ttl: 'true' }, 'up web --ttl 4h'],
  [['up', '4h', 'web'], { ttl: 'true' }, 'up web --ttl 4h'],
  [['up', 'web', '4h', 'ssh'], { wait: 'true', ttl: 'true' }, 'up web --wait ssh --ttl 4h'],
  [['up', 'debian-local', 'web'], { profile: 'true', name: 'true' }, 'up --profile debian-local --name web'],
  [['up', 'web'], { spot: 'true', region: 'eu-west-1' }, 'up web --region eu-west-1 --spot'],
  [['lock', 'break', 'web'], { yes: 'true' }, 'lock break web --yes'],
  [['down', 'it is', '-o', 'json'], { yes: 'true' }, "down 'it is' --yes -o json"],
])('%j with %j of npm was meant as %s', (argv, settings, line) => {
  expect(meant(argv, settings)).toMatchObject({ line, lacksDashes: false })
})

test.each([
  [['exec', 'web', 'uname', '-r'], {}, 'exec web -- uname -r'],
  [['exec', 'web', 'sh', '-c', "it's  a"], {}, "exec web -- sh -c 'it'\\''s  a'"],
  [['exec', 'debian-local', 'ls', '--all'], { profile: 'true' }, 'exec --profile debian-local -- ls --all'],
  [['exec', '--machine', 'a', 'web', 'ls', '-v'], {}, 'exec web --machine a -- ls -v'],
  [['exec', 'web', '10m', './t.sh'], { timeout: 'true' }, 'exec web --timeout 10m -- ./t.sh'],
  [['ssh', 'web', 'true'], {}, 'ssh web -- true'],
])('%j with %j of npm lacks the second --: %s', (argv, settings, line) => {
  expect(meant(argv, settings)).toMatchObject({ line, lacksDashes: true })
})

test.each([
  [['exec', 'web']],
  [['exec', 'web', '--', 'ls']],
  [['status', 'web']],
  [['up', '--ttl', '4h', 'web']],
])('%j is complete', (argv) => {
  expect(meant(argv, { loglevel: 'warn', 'user-agent': 'npm' })).toMatchObject({
    taken: [],
    lacksDashes: false,
  })
})

test('where a value is missing no command line is made up', () => {
  expect(meant(['up'], { profile: 'true' })).toEqual({
    line: undefined,
    taken: ['--profile'],
    lacksDashes: false,
  })
})
