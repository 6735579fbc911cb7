import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { run } from '../../../scripts/run.js'
import { SHELLS } from '../../../scripts/completion/shells.js'
import { sourcePath, temporaryFolder, until } from '../../support/cli/support.js'

const CLI = fileURLToPath(new URL('../../../bundle/cli.js', import.meta.url))

let root: string
let env: Readonly<Record<string, string>>
beforeAll(async () => {
  root = temporaryFolder()
  await mkdir(join(root, 'bin'))
  await symlink(CLI, join(root, 'bin', 'distrolab'))
  const profiles = `{ "it's big": { distro: debian-13, provider: local }, "$(touch pwned)": { distro: arch, provider: local } }`
  await writeFile(join(root, 'distrolab.yaml'), `profiles: ${profiles}\n`)
  await writeFile(join(root, 'a file.yaml'), '')
  for (const [lab, state] of [
    ['web', 'ready'],
    ['web-2', 'in-use'],
    ['was', 'destroyed'],
  ] as const) {
    await mkdir(join(root, 'home', 'labs', lab), { recursive: true })
    const record = { lab, state, profile: 'debian-local', machines: [{ name: 'main' }] }
    await writeFile(join(root, 'home', 'labs', lab, 'record.json'), JSON.stringify(record))
  }
  for (const odd of ['we;touch pwned', 'we$(touch pwned)'])
    await mkdir(join(root, 'home', 'labs', odd), { recursive: true })
  env = {
    HOME: root,
    DISTROLAB_HOME: join(root, 'home'),
    DISTROLAB_CACHE: join(root, 'cache'),
    DISTROLAB_CONFIG_HOME: join(root, 'config'),
    XDG_CONFIG_HOME: join(root, 'config'),
    PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`,
    TERM: 'dumb',
  }
})

const linesOf = async (program: string, ...args: string[]): Promise<string[]> => {
  const { stdout } = await run(program, args, { cwd: root, env })
  return stdout.split('\n').filter((line) => line !== '')
}

/** Has readline complete `line` in an interactive bash, which then prints the line that came of it. */
async function bashLine(line: string): Promise<string> {
  const input = join(root, 'inputrc')
  await writeFile(input, 'set enable-bracketed-paste off\nset bell-style none\n"\\C-t": complete\n')
  const script = join(root, 'drive.bash')
  await writeFile(
    script,
    [
      'source <(distrolab completion bash)',
      `bind -x '"\\C-g": printf "%s\\n" "$READLINE_LINE" >"$HOME/line"; READLINE_LINE='`,
      '',
    ].join('\n'),
  )
  const keys = join(root, 'keys')
  await writeFile(keys, `${line}\x14\x07exit\n`)
  await run('bash', ['-c', 'bash --noprofile --rcfile drive.bash -i <keys >screen 2>&1'], {
    cwd: root,
    env: { ...env, INPUTRC: input },
  })
  return (await readFile(join(root, 'line'), 'utf8')).replace(/\n$/, '')
}

describe('in bash', () => {
  test.each([
    ['distrolab stat', 'distrolab status '],
    ['distrolab lock st', 'distrolab lock status '],
    ['distrolab up --wait=re', 'distrolab up --wait=ready '],
    ['distrolab list -o js', 'distrolab list -o json '],
    ['A=1 distrolab history wa', 'A=1 distrolab history was '],
    ['true; distrolab down web-', 'true; distrolab down web-2 '],
    ['distrolab exec web -- touc', 'distrolab exec web -- touch '],
    ['distrolab up --config a', 'distrolab up --config a\\ file.yaml '],
    ['distrolab up --profile it', "distrolab up --profile 'it'\\''s big' "],
    ['distrolab up --profile $', "distrolab up --profile '$(touch pwned)' "],
  ])('%s becomes %s', async (typed, line) => {
    expect(await bashLine(typed)).toBe(line)
  })
})

describe('in fish', () => {
  const offered = (line: string): Promise<string[]> =>
    linesOf(
      'fish',
      '--no-config',
      '-c',
      `distrolab completion fish | source; complete -C ${JSON.stringify(line)}`,
    )

  test('words have what is said of them', async () => {
    expect(await offered('distrolab down we')).toEqual([
      'web\tready, debian-local',
      'web-2\tin-use, debian-local',
    ])
  })

  test.each([
    ['distrolab up --wait=re', '--wait=ready'],
    ['distrolab up --config a', 'a file.yaml'],
    ['distrolab exec web -- touc', 'touch'],
  ])('%s is completed by %s', async (line, word) => {
    expect((await offered(line)).map((each) => each.split('\t')[0])).toContain(word)
  })
})

describe('in zsh', () => {
  /** zpty gives the shell a terminal of its own; what Tab makes of the line is read off it. */
  async function zshLine(line: string): Promise<string> {
    const script = join(root, 'drive.zsh')
    await writeFile(
      script,
      `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1= ; unsetopt zle_bracketed_paste; autoload -U compinit; compinit -u -D; source <(distrolab completion zsh)"
zpty -w z 'report() { print -r -- "$BUFFER" >$HOME/line; BUFFER= }; zle -N report; bindkey "^G" report; print -r -- REA""DY'
zpty -r -m z ignored '*READY*'
zpty -w -n z ${JSON.stringify(line).replaceAll('$', '\\$')}$'\\t\\x07'
zpty -w z "exit"
while zpty -r z ignored; do :; done
`,
    )
    await run('zsh', ['-f', script], { cwd: root, env })
    return (await readFile(join(root, 'line'), 'utf8')).trimEnd()
  }

  test.each([
    ['distrolab lock st', 'distrolab lock status'],
    ['distrolab up --wait=re', 'distrolab up --wait=ready'],
    ['distrolab down web-', 'distrolab down web-2'],
    ['distrolab up --config a', 'distrolab up --config a\\ file.yaml'],
    ['distrolab up --profile it', "distrolab up --profile it\\'s\\ big"],
    ['distrolab exec web -- touc', 'distrolab exec web -- touch'],
  ])('%s becomes %s', async (typed, line) => {
    expect(await zshLine(typed)).toBe(line)
  })
})

test.each(SHELLS)('the script is one that %s can read, and is printed as it is shipped', async (shell) => {
  const file = sourcePath(`scripts/completion/shells/distrolab.${shell}`)
  await run(shell, ['-n', file], { env })
  expect(await linesOf('distrolab', 'completion', shell)).toEqual(
    (await readFile(file, 'utf8')).split('\n').filter((line) => line !== ''),
  )
})

test('nothing in a name is run by any shell', async () => {
  await expect(readFile(join(root, 'pwned'))).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a bucket is listed behind the back of Tab, which neither waits for it nor fails by it', async () => {
  const bucket = 's3://bucket/labs?endpoint=http://127.0.0.1:9&path-style=true'
  const [kind, ...words] = await linesOf('distrolab', '__complete', 'fish', '--backend', bucket, 'down', '')
  expect([kind, words]).toEqual(['words', []])
  const cached = await until(
    async () => linesOf('ls', join(root, 'cache', 'completion')),
    'the cache of names',
  )
  expect(cached).toEqual([expect.stringMatching(/^[0-9a-f]{8}\.json$/)])
})

test('a configuration with mistakes takes its own names away and no others', async () => {
  const folder = temporaryFolder()
  await writeFile(join(folder, 'distrolab.yaml'), 'profiles: [\n')
  await chmod(folder, 0o700)
  const { stdout } = await run('distrolab', ['__complete', 'fish', 'down', 'we'], { cwd: folder, env })
  expect(stdout.split('\n')).toHaveLength(3)
})
