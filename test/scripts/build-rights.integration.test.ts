import { execFile } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { CLI } from '../stand-in/lab-cli.js'
import { skippedTitle } from '../suite/file-result.js'
import { temporaryFolder } from '../support/cli/support.js'
import { chmodSync } from 'node:fs'

interface Finding {
  readonly name: string
  readonly status: string
  readonly found: string
  readonly fix: string
}

const isRoot = process.getuid?.() === 0
const onlyAsRoot = (title: string, body: () => Promise<void>): void =>
  isRoot ? test(title, body) : test.skip(skippedTitle(title, 'only root can give rights away'), body)

/** What doctor finds of the right to build an image, started by setpriv. */
async function examined(...privileges: string[]): Promise<Finding | undefined> {
  const home = temporaryFolder()
  chmodSync(home, 0o777)
  const env = { PATH: process.env['PATH'], HOME: home }
  const words = [...privileges, process.execPath, CLI, 'doctor', '-o', 'json']
  const text = await new Promise<string>((resolve) => {
    execFile('setpriv', words, { env, cwd: '/' }, (_error, stdout) => resolve(stdout))
  })
  return (JSON.parse(text) as Finding[]).find(({ name }) => name.startsWith('image build'))
}

describe('doctor tries what an image build needs', () => {
  onlyAsRoot('a user without subordinate ids has not got it, and reads how to get it', async () => {
    expect(await examined('--reuid', '12345', '--regid', '12345', '--clear-groups')).toMatchObject({
      status: 'missing',
      found: expect.stringContaining('no subordinate user and group ids'),
      fix: expect.stringContaining('usermod --add-subuids'),
    })
  })

  onlyAsRoot('root without the right to mount, as in a container, builds without mounting', async () => {
    expect(await examined('--bounding-set', '-sys_admin', '--inh-caps', '-sys_admin')).toMatchObject({
      status: 'ok',
      found: 'as root, without mounting',
    })
  })
})
