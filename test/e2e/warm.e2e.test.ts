import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { newUser, type RealUser } from '../support/e2e/real-lab.js'
import { waitUntil } from '../stand-in/lab-cli.js'

const MINUTES = 60_000
const LABS = ['one', 'two'] as const
/** What the kernel gives out next, so often that two streams which began alike meet in it. */
const DRAW = `perl -e 'open F, "<", "/dev/urandom"; for (1..3000) { sysread F, $b, 16; print unpack("H*", $b), "\\n" }'`

async function expectNothingTwice(draws: readonly (() => Promise<string>)[]): Promise<void> {
  const drawn: string[] = []
  for (const draw of draws) drawn.push(...(await draw()).split('\n'))
  expect(drawn.length).toBe(draws.length * 3000)
  expect(new Set(drawn).size).toBe(drawn.length)
}

/** Machines that are cloned from one that has booted. They share everything that is not their own. */
describe('clones of a warm image', () => {
  let user: RealUser
  const inGuest = (lab: string, command: string): Promise<string> =>
    user.ok('exec', lab, '--', 'sh', '-c', command)
  const identityOf = (lab: string): Promise<string> =>
    inGuest(lab, 'cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub; hostname; cat /etc/hostname')
  const layers = async (): Promise<string[]> =>
    (await readdir(join(user.cache, 'warm'))).filter((name) => !name.startsWith('.'))

  beforeAll(async () => {
    user = await newUser()
  })

  afterAll(async () => {
    await user.distrolab('cleanup', '--yes')
    await user.remove()
  }, 2 * MINUTES)

  test(
    'an images warm that is killed leaves no process and nothing that could be used',
    async () => {
      const killed = user.start('images', 'warm', 'debian-13')
      const bakes = async (): Promise<boolean> =>
        (await user.processes()).some((line) => line.startsWith('qemu-system'))
      await waitUntil('its machine', bakes, 5 * MINUTES)
      killed.kill('SIGKILL')
      await waitUntil('the end of its machine', async () => (await user.processes()).length === 0)
      expect(await layers()).toEqual([])
    },
    6 * MINUTES,
  )

  test(
    'images warm makes one, which images lists',
    async () => {
      await user.ok('images', 'warm', 'debian-13')
      expect(await layers()).toHaveLength(1)
      expect(await user.ok('images')).toContain('warm: debian-13 (2 vCPUs')
      expect(await user.ok('images', 'warm', 'debian-13')).toContain('is warm already')
      expect(await user.processes()).toEqual([])
    },
    10 * MINUTES,
  )

  test(
    'two labs are clones, each with its own name, machine id, host key, random numbers and key',
    async () => {
      for (const lab of LABS) await user.ok('up', lab, '--profile', 'debian-13-local', '--ttl', '2h')
      const [one, two] = await Promise.all(LABS.map(identityOf))
      expect(one?.split('\n').slice(-2)).toEqual(['one', 'one'])
      expect(two?.split('\n').slice(-2)).toEqual(['two', 'two'])
      for (const line of one?.split('\n') ?? []) expect(two).not.toContain(line)
      await expectNothingTwice(LABS.map((lab) => () => inGuest(lab, DRAW)))
      for (const lab of LABS) {
        expect(
          await inGuest(
            lab,
            'cat ~/.ssh/authorized_keys | wc -l; sudo cat /root/.ssh/authorized_keys | wc -l',
          ),
        ).toBe('1\n0')
      }
    },
    4 * MINUTES,
  )

  test.each(LABS)(
    'nothing in %s has failed, polls, or names the warm image; its clock is right within a second',
    async (lab) => {
      expect(await inGuest(lab, 'systemctl --failed --no-legend; systemctl is-system-running')).toBe(
        'running',
      )
      expect(await inGuest(lab, 'ps -eo args | grep -c "[d]istrolab-warm" || :')).toBe('0')
      expect(
        await inGuest(lab, 'sudo grep -rlsI warm-distrolab /etc /run /var/lib/cloud /var/log || :'),
      ).toBe('')
      expect(await inGuest(lab, 'cat /run/cloud-init/.instance-id')).toContain(`-${lab}-main-`)
      const before = Date.now()
      const there = Number(await inGuest(lab, 'date +%s%3N'))
      expect(there).toBeGreaterThan(before - 1_000)
      expect(there).toBeLessThan(Date.now() + 1_000)
    },
    2 * MINUTES,
  )

  test(
    'a reset goes back, and does not repeat the random numbers',
    async () => {
      await inGuest('one', 'touch planted; sync')
      const resetAndDraw = async (): Promise<string> => {
        await user.ok('reset', 'one')
        return inGuest('one', DRAW)
      }
      await expectNothingTwice([resetAndDraw, resetAndDraw, resetAndDraw])
      expect(await inGuest('one', 'ls planted 2>/dev/null || :')).toBe('')
    },
    4 * MINUTES,
  )

  test(
    'a reboot inside keeps the identity',
    async () => {
      const before = await identityOf('two')
      await user.distrolab('exec', 'two', '--', 'sudo', 'reboot')
      await user.ok('stop', 'two')
      await user.ok('start', 'two')
      expect(await identityOf('two')).toBe(before)
      expect(
        await inGuest('two', 'systemctl --failed --no-legend; sudo ls /var/lib/cloud/instances | wc -l'),
      ).toBe('1')
    },
    6 * MINUTES,
  )

  test(
    'a damaged warm image is discarded, which is said in one line, and the machine boots',
    async () => {
      const [layer = ''] = await layers()
      await truncate(join(user.cache, 'warm', layer, 'devices'), 1000)
      await user.ok('down', 'two')
      const { exitCode, stderr } = await user.distrolab('up', 'two', '--profile', 'debian-13-local')
      expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' })
      expect(stderr.split('\n').filter((line) => line.includes('discarded'))).toHaveLength(1)
      expect(await layers()).toEqual([])
      expect(await inGuest('one', 'hostname')).toBe('one')
    },
    6 * MINUTES,
  )
})
