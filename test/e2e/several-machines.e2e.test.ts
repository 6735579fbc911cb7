import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProcesses } from '../../local-vm/machine/process-table.js'
import { newUser, type RealUser } from '../support/e2e/real-lab.js'

const MINUTES = 60_000

const SETUP = `packages: [tree]
files: [{ path: /etc/setup-note, content: of the setup, mode: '0640' }]
run: |
  command -v tree
  cat /etc/setup-note >/root/script-note
`

/** Two real VMs of one lab that work with each other by name. */
describe('a lab of two real machines', () => {
  let user: RealUser
  let setup: string

  const ok = (...args: string[]): Promise<string> => user.ok(...args)
  const on = (machine: string, command: string): Promise<string> =>
    ok('exec', 'pair', '--machine', machine, '--', command)
  const failsOn = async (machine: string, command: string): Promise<boolean> =>
    (await user.distrolab('exec', 'pair', '--machine', machine, '--', command)).exitCode !== 0

  async function expectBothToLogIn(): Promise<void> {
    expect(await on('source', 'ssh target hostname')).toBe('target')
    expect(await on('target', 'ssh source hostname')).toBe('source')
  }

  const switches = (): ReturnType<typeof findProcesses> =>
    findProcesses(
      (words) =>
        words.some((word) => word.endsWith('/switch.js')) && words.some((word) => word.startsWith(user.home)),
    )

  beforeAll(async () => {
    user = await newUser()
    setup = join(user.root, 'setup.yaml')
    await writeFile(setup, SETUP)
  })

  afterAll(async () => {
    await user.distrolab('cleanup', '--yes')
    await user.remove()
  }, 2 * MINUTES)

  test(
    'each logs in on the other by name, with a key of its own, and nothing is asked',
    async () => {
      await ok(
        'up',
        '--profile',
        'debian-13-local',
        '--name',
        'pair',
        '--machines',
        'source,target',
        '--size',
        'small',
        '--setup',
        setup,
      )
      await expectBothToLogIn()
      expect(
        await on('source', 'getent hosts target; ssh -G target | grep -c "^stricthostkeychecking true"'),
      ).toMatch(/^198\.19\.77\.12 +target\n1$/)
      expect(await failsOn('source', 'ssh -o UserKnownHostsFile=/dev/null target true')).toBe(true)
    },
    15 * MINUTES,
  )

  test(
    'what the setup did is part of the baseline',
    async () => {
      const seen = 'sudo cat /root/script-note; stat -c " %a" /etc/setup-note; tree --version'
      expect(await on('target', seen)).toMatch(/^of the setup 640\ntree v/)
      await on('target', 'sudo rm /etc/setup-note')
    },
    MINUTES,
  )

  test(
    'a separated pair reaches each other again after a reset, and so does one whose switch was killed',
    async () => {
      const capture = join(user.home, 'all.pcap')
      await ok('net', 'capture', 'pair', '--out', capture, '--for', '3s')
      expect((await stat(capture)).size).toBeGreaterThanOrEqual(24)
      await ok('net', 'break', 'pair', 'source', 'target')
      expect(await failsOn('source', 'ssh -o ConnectTimeout=5 target true')).toBe(true)
      await ok('reset', 'pair')
      await expectBothToLogIn()
      expect(await on('target', 'sudo cat /etc/setup-note')).toBe('of the setup')
      for (const { identity } of await switches()) process.kill(identity.pid, 'SIGKILL')
      await ok('list')
      await expectBothToLogIn()
    },
    5 * MINUTES,
  )

  test(
    'they know each other again after one was swapped, and after a reset to a baseline from before',
    async () => {
      await ok('swap', 'pair', 'debian-12', '--machine', 'target', '--setup', setup)
      expect(await on('target', 'sudo cat /root/script-note')).toBe('of the setup')
      expect(await on('source', 'ssh target cat /etc/os-release')).toContain('bookworm')
      await expectBothToLogIn()
      await ok('reset', 'pair')
      await expectBothToLogIn()
    },
    10 * MINUTES,
  )

  test(
    'down leaves no machine, no switch and no folder',
    async () => {
      await ok('down', 'pair')
      expect(await readdir(join(user.home, 'machines'))).toEqual([])
      expect(await switches()).toEqual([])
    },
    2 * MINUTES,
  )
})
