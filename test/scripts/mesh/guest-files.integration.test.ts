import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import type { Machine } from '../../../backend/record-schema.js'
import { hostsScript, meshScript, ownKeyScript } from '../../../scripts/mesh/guest-files.js'
import type { Host } from '../../../scripts/mesh/hosts.js'
import { makeGuest } from '../../stand-in/guest.js'
import { records } from '../../support/backend/records.js'
import { temporaryFolder } from '../../support/cli/support.js'

const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'sh']] as const
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ1sZQ0vZQ0vZQ0vZQ0vZQ0vZQ0vZQ0vZQ0vZQ0vZQ0v'
const OTHER = KEY.replace('J1sZ', 'K2tZ')

const [main] = records.local.machines
if (main === undefined) throw new TypeError('a lab has machines')
const target: Machine = { ...main, name: 'target', user: 'rocky', hostKey: KEY }
const TARGET: Host = { machine: target, address: '198.19.77.12', names: ['target'] }

let home: string
let path: string
beforeEach(() => {
  ;({ home, path } = makeGuest(temporaryFolder()))
})

const run = (
  [shell, ...words]: readonly string[],
  script: string,
  before: readonly string[] = [],
): string => {
  const [program = '', ...rest] = [...before, shell ?? '', ...words, '-c', script]
  return execFileSync(program, rest, { env: { HOME: home, PATH: path }, encoding: 'utf8' })
}
const read = (file: string): string => readFileSync(join(home, file), 'utf8')
const put = (file: string, text: string): void => {
  mkdirSync(join(home, file, '..'), { recursive: true })
  writeFileSync(join(home, file), text)
}

describe.each(SHELLS)('on a machine whose shell is %s', (...shell) => {
  test('a key pair is made once, for its user alone', () => {
    const key = run(shell, ownKeyScript('web/source')).trim()
    expect(key).toMatch(/^ssh-ed25519 \S+$/)
    expect(run(shell, ownKeyScript('web/source')).trim()).toBe(key)
    expect(read('.ssh/distrolab/id_ed25519.pub')).toBe(`${key} web/source\n`)
    expect(statSync(join(home, '.ssh/distrolab/id_ed25519')).mode & 0o777).toBe(0o600)
  })

  test('one that was only half made is made again', () => {
    put('.ssh/distrolab/id_ed25519', '')
    expect(run(shell, ownKeyScript('web/source'))).toMatch(/^ssh-ed25519 \S+\n$/)
  })

  test('keys of others take the place of the former ones, and what the user has stays', () => {
    put('.ssh/authorized_keys', `${OTHER} anna`)
    put('.ssh/config', 'Host elsewhere\n  Port 7')
    run(shell, meshScript({ accepted: [OTHER, KEY], reached: [] }))
    for (let n = 0; n < 2; n++) run(shell, meshScript({ accepted: [KEY], reached: [TARGET] }))
    expect(read('.ssh/authorized_keys')).toBe(`${OTHER} anna\n${KEY} distrolab-mesh\n`)
    expect(read('.ssh/config')).toBe(`Include "${home}/.ssh/distrolab/config"\nHost elsewhere\n  Port 7`)
    expect(read('.ssh/distrolab/known_hosts')).toBe(`target,198.19.77.12 ${KEY}\n`)
    run(shell, meshScript({ accepted: [], reached: [] }))
    expect(read('.ssh/authorized_keys')).toBe(`${OTHER} anna\n`)
  })

  test('names take the place of the former ones in /etc/hosts, and other lines stay', () => {
    put('.etc/hosts', '127.0.0.1 localhost\n10.1.2.3 printer')
    run(shell, hostsScript([{ ...TARGET, address: '10.0.0.9' }]), ['sudo', '-n'])
    for (let n = 0; n < 2; n++) run(shell, hostsScript([TARGET]), ['sudo', '-n'])
    expect(read('.etc/hosts')).toBe(
      '127.0.0.1 localhost\n10.1.2.3 printer\n198.19.77.12 target # distrolab\n',
    )
  })
})

test('OpenSSH asks nothing, offers only the machine’s own key, and trusts only the pinned one', () => {
  run(['sh'], meshScript({ accepted: [], reached: [TARGET] }))
  const config = execFileSync('ssh', ['-G', '-F', join(home, '.ssh/config'), 'target'], {
    encoding: 'utf8',
  })
  for (const line of [
    'user rocky',
    'stricthostkeychecking true',
    'identitiesonly yes',
    'forwardagent no',
    'batchmode yes',
    `identityfile ${home}/.ssh/distrolab/id_ed25519`,
    `userknownhostsfile ${home}/.ssh/distrolab/known_hosts`,
  ])
    expect(config.split('\n')).toContainEqual(line)
})
