import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { run, RunError } from '../../../scripts/run.js'
import { temporaryFolder } from '../../support/cli/support.js'

const CLI = fileURLToPath(new URL('../../../bundle/cli.js', import.meta.url))

let root: string
beforeEach(async () => {
  root = temporaryFolder()
  const verbs = ['list', 'up', 'exec', 'status', 'down', 'lock']
  const scripts = Object.fromEntries(verbs.map((verb) => [verb, `node ${CLI} ${verb}`]))
  const pack = { name: 'labs', version: '1.0.0', scripts: { ...scripts, nested: `node ${CLI} list` } }
  await writeFile(join(root, 'package.json'), JSON.stringify(pack))
  await writeFile(join(root, '.user-npmrc'), '')
})

interface Ended {
  readonly exitCode: number
  readonly stderr: string
}

/** The real npm, without any setting that this test was itself started with. */
async function npm(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const inherited = Object.keys(process.env).filter((name) => /^npm_/i.test(name))
  const env = {
    ...Object.fromEntries(inherited.map((name) => [name, undefined])),
    DISTROLAB_HOME: join(root, 'home'),
    DISTROLAB_CACHE: join(root, 'cache'),
    CI: '1',
    npm_config_userconfig: join(root, '.user-npmrc'),
    npm_config_update_notifier: 'false',
    ...variables,
  }
  try {
    const { stderr } = await run('npm', args, { cwd: root, env })
    return { exitCode: 0, stderr }
  } catch (error) {
    if (error instanceof RunError && error.failure.kind === 'exited') return error.failure
    throw error
  }
}

const nextOf = ({ stderr }: Ended): string | undefined => /^Next: {2}(.*)$/m.exec(stderr)?.[1]

describe('npm run', () => {
  test.each([
    [['list', '--all'], 'npm run list -- --all'],
    [['list', '-o', 'json'], 'npm run list -- --output json'],
    [['up', '--profile', 'debian-local', '--ttl=4h'], 'npm run up -- --profile debian-local --ttl 4h'],
    [['down', 'web', '-y'], 'npm run down -- web --yes'],
    [['lock', 'break', 'web', '--yes'], 'npm run lock -- break web --yes'],
    [['exec', 'web', '--', 'uname', '-r'], 'npm run exec -- web -- uname -r'],
    [
      ['exec', '--profile', 'debian-local', '--', 'ls', '--all'],
      'npm run exec -- --profile debian-local -- ls --all',
    ],
  ])('%j is refused, and the right command line is shown', async (args, next) => {
    const ended = await npm(['run', ...args])
    expect([ended.exitCode, nextOf(ended)]).toEqual([2, next])
    expect(ended.stderr).toContain('Nothing was changed.')
  })

  test.each([[['list', '--', '--all']], [['list']], [['nested', '--all']]])(
    '%j does as it says',
    async (args) => {
      expect(await npm(['run', ...args])).toMatchObject({ exitCode: 0 })
    },
  )

  test('with both -- passes the command on', async () => {
    const ended = await npm(['run', 'exec', '--', 'web', '--', 'ls'])
    expect([ended.exitCode, nextOf(ended)]).toEqual([
      3,
      'npm run list -- --all    # every lab of this backend',
    ])
  })
})

describe('what npm is told elsewhere is not taken for a flag of ours', () => {
  test('by a variable, as npx sets yes', async () => {
    const ended = await npm(['run', 'list'], {
      npm_config_yes: 'true',
      npm_config_all: 'true',
      npm_config_backend: 'x',
    })
    expect(ended).toMatchObject({ exitCode: 0 })
  })

  test.each(['.npmrc', '.user-npmrc'])('by %s', async (file) => {
    await writeFile(join(root, file), 'all=true\nyes = true\nbackend=file:///x\n')
    expect(await npm(['run', 'list'])).toMatchObject({ exitCode: 0 })
  })

  test('by npm itself, to a command that a script starts', async () => {
    await writeFile(join(root, 'inner.sh'), `node ${CLI} list\n`)
    const pack = { name: 'labs', version: '1.0.0', scripts: { list: 'sh inner.sh && true' } }
    await writeFile(join(root, 'package.json'), JSON.stringify(pack))
    expect(await npm(['run', 'list', '--all'])).toMatchObject({ exitCode: 0 })
  })
})
