import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabEvent, LabRecord } from '../../backend/record-schema.js'
import type { StepName } from '../../scripts/lab/step-lists.js'
import { waitUntil } from '../stand-in/lab-cli.js'
import { newUser, type Ran, type RealUser } from '../support/e2e/real-lab.js'

const MINUTES = 60_000
const LAB = 'life'

interface View {
  readonly state: string
  readonly distro: string
  readonly machines: readonly { readonly ssh: string }[]
}

/** One lab from its first `up` to its end, every command of its life killed on the way and taken up again. */
describe('the life of a real lab', () => {
  let user: RealUser
  let ssh = ''

  const ok = (...args: string[]): Promise<string> => user.ok(...args)
  const inGuest = (command: string): Promise<string> => ok('exec', LAB, '--', 'sh', '-c', command)
  const recordOf = async (lab: string): Promise<LabRecord> =>
    JSON.parse(await ok('status', lab, '-o', 'json')) as LabRecord
  const machines = async (): Promise<string[]> =>
    (await user.processes()).filter((line) => line.startsWith('qemu-system'))

  /** Killed while it is at work in a step; afterwards that step is on record, and one VM at most is there. */
  const killDuring = async (step: StepName, verb: string, ...args: string[]): Promise<Ran> => {
    const ran = await user.killed({ when: 'during', step }, verb, ...args)
    expect({ step, exitCode: ran.exitCode, stderr: ran.exitCode === null ? '' : ran.stderr }).toEqual({
      step,
      exitCode: null,
      stderr: '',
    })
    expect((await recordOf(args[0] ?? '')).step?.name).toBe(step)
    // An engine that outlives the CLI may be starting it: a QEMU that daemonises is three processes for a moment.
    await waitUntil('one VM at most', async () => (await machines()).length <= 1)
    return ran
  }

  beforeAll(async () => {
    user = await newUser()
  })

  afterAll(async () => {
    await user.distrolab('cleanup', '--yes')
    await user.remove()
  }, 2 * MINUTES)

  test(
    'an up that is killed at step after step ends with one machine that is ready',
    async () => {
      const asked = ['--profile', 'debian-12-local', '--ttl', '2h']
      for (const step of ['init', 'apply', 'wait-ssh', 'cloud-init', 'baseline', 'mark'] as const)
        await killDuring(step, 'up', LAB, ...asked)
      const view = JSON.parse(await ok('up', LAB, '-o', 'json')) as View
      expect(view).toMatchObject({ state: 'ready', distro: 'debian-12' })
      ssh = view.machines[0]?.ssh ?? ''
      expect(await machines()).toHaveLength(1)
      expect(await inGuest('uname -r')).toMatch(/^6\.1\./)
    },
    10 * MINUTES,
  )

  test(
    'a reset, killed or not, removes what was planted, and the clock is right within a second',
    async () => {
      await inGuest('echo planted > planted; sudo touch /run/planted; sudo rm /etc/hostname; sync')
      for (const step of ['restore', 'wait-ssh', 'verify'] as const) await killDuring(step, 'reset', LAB)
      await ok('reset', LAB)
      expect(await inGuest('ls planted /run/planted 2>/dev/null; cat /etc/hostname')).toBe(LAB)
      const before = Date.now()
      const there = Number(await inGuest('date +%s%3N'))
      expect(there).toBeGreaterThan(before - 1_000)
      expect(there).toBeLessThan(Date.now() + 1_000)
    },
    5 * MINUTES,
  )

  test(
    'a swap changes the kernel and nothing else: the ssh command of before works without a warning',
    async () => {
      await killDuring('apply', 'swap', LAB, 'debian-13')
      await killDuring('wait-ssh', 'up', LAB)
      const view = JSON.parse(await ok('up', LAB, '-o', 'json')) as View
      expect(view).toMatchObject({ state: 'ready', distro: 'debian-13', machines: [{ ssh }] })
      const pasted = await user.paste(`${ssh} 'uname -r; hostname'`)
      expect(pasted).toMatchObject({ exitCode: 0, stderr: '' })
      expect(pasted.stdout).toMatch(/^6\.12\.[^]*\nlife\n$/)
      expect(await machines()).toHaveLength(1)
    },
    10 * MINUTES,
  )

  test(
    'it powers itself off at its expiry, is refused to everybody, and reap removes it',
    async () => {
      await ok('extend', LAB, '--ttl', '2s')
      await waitUntil('the end of the machine', async () => (await machines()).length === 0, MINUTES)
      const refused = await user.distrolab('up', LAB)
      expect(refused.exitCode).toBe(1)
      expect(refused.stderr).toContain('distrolab extend')
      expect(await ok('reap')).toContain(LAB)
      expect(await ok('status', LAB)).toBe('destroyed')
      expect(await readdir(join(user.home, 'machines'))).toEqual([])
    },
    3 * MINUTES,
  )

  test(
    'history names every state that it went through, with time, step and holder',
    async () => {
      const events = JSON.parse(await ok('history', LAB, '-o', 'json')) as LabEvent[]
      const states = new Set(events.map(({ to }) => to))
      expect([...states].sort()).toEqual([
        ...['configuring', 'destroyed', 'destroying', 'in-use', 'provisioned', 'provisioning', 'ready'],
        ...['resetting', 'swapping'],
      ])
      for (const event of events) {
        expect(Date.parse(event.at)).not.toBeNaN()
        expect(event.holder.host).not.toBe('')
      }
    },
    MINUTES,
  )

  test(
    'a down that is killed at step after step leaves nothing once it is repeated',
    async () => {
      const brief = 'brief'
      await ok('up', brief, '--profile', 'debian-13-local', '--wait', 'none')
      for (const step of ['init', 'destroy', 'verify'] as const) await killDuring(step, 'down', brief)
      await ok('down', brief)
      expect(await user.processes()).toEqual([])
      expect(await readdir(join(user.home, 'machines'))).toEqual([])
    },
    3 * MINUTES,
  )
})
