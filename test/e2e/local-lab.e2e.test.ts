import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { existsSync } from 'node:fs'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isListening, newUser, type RealUser } from '../support/e2e/real-lab.js'

interface View {
  lab: string
  distro: string
  state: string
  reused: boolean
  machines: { name: string; address: string; port: number; user: string; ssh: string }[]
}

/** Two VMs boot at once on two cores without KVM, after two images may have been built. */
const MINUTES = 60_000
const LABS = [
  { name: 'debian-12-local', args: ['--profile', 'debian-12-local'], kernel: /^6\.1\./ },
  { name: 'second', args: ['--profile', 'debian-13-local', '--name', 'second'], kernel: /^6\.12\./ },
] as const

describe('real VMs on this computer', () => {
  let user: RealUser
  const views = new Map<string, View>()
  const portOf = (lab: string): number => views.get(lab)?.machines[0]?.port ?? 0
  const exec = async (lab: string, ...words: string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await user.distrolab('exec', lab, '--', ...words)
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    return stdout.trim()
  }

  beforeAll(async () => {
    user = await newUser()
  })

  afterAll(async () => {
    for (const { name } of LABS) await user.distrolab('down', name)
    await user.remove()
  }, 2 * MINUTES)

  test(
    'two labs of two distros come up at the same time, each with its own kernel and name',
    async () => {
      const runs = await Promise.all(LABS.map(({ args }) => user.distrolab('up', ...args, '-o', 'json')))
      for (const { exitCode, stdout, stderr } of runs) {
        expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' })
        const view = JSON.parse(stdout) as View
        views.set(view.lab, view)
      }
      for (const { name, kernel } of LABS) {
        expect(views.get(name)).toMatchObject({ state: 'ready', reused: false })
        expect(await exec(name, 'uname', '-r')).toMatch(kernel)
        expect(await exec(name, 'hostname')).toBe(name)
      }
      expect(new Set(LABS.map(({ name }) => portOf(name))).size).toBe(LABS.length)
    },
    10 * MINUTES,
  )

  test(
    'the machine is what was asked for: grown disk, sudo, two CPUs, cloud-init done, no password login',
    async () => {
      const size = await exec('second', 'sh', '-c', 'df --output=size -BG / | tail -n 1')
      expect(Number.parseInt(size, 10)).toBeGreaterThanOrEqual(9)
      expect(await exec('second', 'sudo', 'id', '-u')).toBe('0')
      expect(await exec('second', 'nproc')).toBe('2')
      expect(await exec('second', 'sh', '-c', 'cat /run/cloud-init/result.json')).toContain('"errors": []')
      expect(await exec('second', 'sh', '-c', 'sudo sshd -T | grep -i ^passwordauthentication')).toMatch(
        / no$/,
      )
      expect(
        await exec('second', 'sh', '-c', 'getent hosts deb.debian.org >/dev/null; ip -br addr | wc -l'),
      ).toBe('2')
    },
    2 * MINUTES,
  )

  test(
    'the last line of up can be pasted, and up again says that it reconnected',
    async () => {
      const { stdout } = await user.distrolab('up', 'second')
      const lines = stdout.trim().split('\n')
      expect(lines[0]).toMatch(/^Reconnected to second/)
      const pasted = await user.paste(`${lines.at(-1) ?? ''} 'echo over $0; exit 5'`)
      expect(pasted.stdout).toContain('over')
      expect({ exitCode: pasted.exitCode, stderr: pasted.stderr }).toEqual({ exitCode: 5, stderr: '' })
    },
    MINUTES,
  )

  test(
    'a VM killed from outside comes back under the same name and port, with its disk and host key',
    async () => {
      await exec('second', 'sh', '-c', 'echo kept > kept; sync')
      const [machine] = await readdir(join(user.home, 'machines'))
      const pidFile = join(user.home, 'machines', machine ?? '', 'second', 'main', 'qemu.pid')
      process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL')
      expect((await user.distrolab('status', 'second')).stdout).toBe('ready\n')
      const { exitCode, stdout } = await user.distrolab('up', 'second', '-o', 'json')
      expect(exitCode).toBe(0)
      const view = JSON.parse(stdout) as View
      expect(view.machines[0]?.port).toBe(portOf('second'))
      expect(view.reused).toBe(false)
      expect(await exec('second', 'cat', 'kept')).toBe('kept')
    },
    4 * MINUTES,
  )

  test(
    'deleting the whole cache loses nothing: the VM starts again from its own disk, and down removes it',
    async () => {
      await rm(user.cache, { recursive: true })
      expect((await user.distrolab('exec', 'debian-12-local', '--', 'true')).exitCode).toBe(0)
      expect((await user.distrolab('down', 'debian-12-local')).exitCode).toBe(0)
      expect((await user.distrolab('status', 'debian-12-local')).stdout).toBe('destroyed\n')
    },
    2 * MINUTES,
  )

  test(
    'down leaves no process, port, disk, seed or key behind, also of a VM that is already gone',
    async () => {
      const [machine] = await readdir(join(user.home, 'machines'))
      const pidFile = join(user.home, 'machines', machine ?? '', 'second', 'main', 'qemu.pid')
      process.kill(Number(await readFile(pidFile, 'utf8')), 'SIGKILL')
      expect((await user.distrolab('down', 'second')).exitCode).toBe(0)
      expect((await user.distrolab('status', 'second')).stdout).toBe('destroyed\n')
      expect(await user.processes()).toEqual([])
      for (const { name } of LABS) expect(await isListening(portOf(name))).toBe(false)
      expect(await readdir(join(user.home, 'machines'))).toEqual([])
      expect(existsSync(join(user.home, 'keys', machine ?? '', 'second'))).toBe(false)
    },
    2 * MINUTES,
  )
})
