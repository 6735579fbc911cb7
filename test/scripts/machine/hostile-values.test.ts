import { describe, expect, test } from '@jest/globals'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fits, type FormName } from '../../../backend/forms.js'
import type { Machine } from '../../../backend/record-schema.js'
import type { Session } from '../../../scripts/lab/gate.js'
import { exchangeMarker } from '../../../scripts/lab/marker.js'
import type { Connection } from '../../../scripts/machine/connect.js'
import {
  forgetHostKeys,
  knownHostKeys,
  writeSshConfig,
  type SshHost,
} from '../../../scripts/machine/ssh-config.js'
import { keyFolder, logFile, machineFolder, workFolder } from '../../../scripts/workspace.js'
import { hostile } from '../../support/backend/hostile-values.js'
import { errorOf, temporaryFolder } from '../../support/cli/support.js'

const values = Object.values(hostile).flat()
const sound: SshHost = {
  alias: 'demo',
  address: '127.0.0.1',
  port: 22_001,
  user: 'debian',
  hostKey: 'ssh-ed25519 AAAA',
}
const identity = {
  source: 'file',
  file: '/home/anna/.ssh/id_ed25519',
  publicKey: 'ssh-ed25519 AAAA',
} as const

const spaceIn = (home: string) => ({ home, cache: home, backendId: '0a1b2c3d' })
const refusal = (field: string) => ({ fault: { code: 'value-refused', field } })

describe('the ssh configuration and known_hosts', () => {
  const fields = [
    ['address', 'address'],
    ['user', 'login'],
    ['hostKey', 'hostKey'],
    ['alias', 'aliasOfHost'],
  ] as const satisfies readonly (readonly [keyof SshHost, FormName])[]

  test.each(fields)('are not written with a hostile %s', async (field, form) => {
    const space = spaceIn(temporaryFolder())
    for (const value of values) {
      if (fits(form, value)) continue
      const error = await errorOf(writeSshConfig(space, 'demo', [{ ...sound, [field]: value }], identity))
      expect(error).toMatchObject(refusal(field))
    }
    expect(await readFile(join(keyFolder(space, 'demo'), 'config'), 'utf8').catch(() => 'none')).toBe('none')
  })

  test('are not written with a path that ssh would read as something else', async () => {
    for (const name of ['a"b', 'a\\b', 'a${HOME}', 'a\nb']) {
      const file = `/home/anna/${name}`
      const error = await errorOf(
        writeSshConfig(spaceIn(temporaryFolder()), 'demo', [sound], { ...identity, file }),
      )
      expect(error).toMatchObject(refusal('path'))
    }
  })
})

test('what is known of the host keys of machines is kept for the others when one is forgotten', async () => {
  const space = spaceIn(temporaryFolder())
  expect(knownHostKeys(space, 'demo', 'demo')).toEqual([])
  await mkdir(keyFolder(space, 'demo'), { recursive: true })
  const file = join(keyFolder(space, 'demo'), 'known_hosts')
  await writeFile(file, 'distrolab-demo ssh-ed25519 AAAA\ndistrolab-demo-b ssh-ed25519 BBBB\n')
  expect(knownHostKeys(space, 'demo', 'demo')).toEqual(['ssh-ed25519 AAAA'])
  await forgetHostKeys(space, 'demo', ['demo'])
  expect(await readFile(file, 'utf8')).toBe('distrolab-demo-b ssh-ed25519 BBBB\n')
})

test('no folder and no file is named by a value that leads elsewhere', async () => {
  const space = spaceIn(temporaryFolder())
  for (const value of values) {
    if (fits('fileName', value)) continue
    for (const place of [
      () => keyFolder(space, value),
      () => machineFolder(space, 'demo', value),
      () => logFile(space, value),
      () => workFolder(space, value),
    ])
      expect(place).toThrow('value-refused')
  }
  expect(await readdir(space.home)).toEqual([])
})

test('a marker that is none of ours reaches no shell', async () => {
  const session = { signal: new AbortController().signal } as Session
  const reached: unknown[] = []
  const ssh = { execCommand: (command: string) => void reached.push(command) }
  const connection = { lab: 'demo', machine: 'main', ssh } as unknown as Connection
  for (const marker of values) {
    const error = await errorOf(exchangeMarker(session, { name: 'main', marker } as Machine, connection))
    expect(error).toMatchObject(refusal('marker'))
  }
  expect(reached).toEqual([])
})
