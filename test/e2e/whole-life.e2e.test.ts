import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { QmpSession } from '../../local-vm/qemu/qmp.js'
import { newUser, type RealUser } from '../support/e2e/real-lab.js'
import { SshPage } from '../support/e2e/ssh-page.js'

const MINUTES = 60_000
const LAB = 'debian-13-local'

interface View {
  readonly state: string
  readonly distro: string
  readonly reused: boolean
  readonly machines: readonly { readonly ssh: string }[]
}

interface Status {
  readonly machines: readonly { readonly place: string }[]
  readonly power: Readonly<Record<string, string>>
}

/** What README promises, once, on a real VM; its faults and its neighbours are in the other files here. */
describe('the whole life of a real lab', () => {
  let user: RealUser
  let ssh = ''

  const ok = (...args: string[]): Promise<string> => user.ok(...args)
  const inGuest = (command: string): Promise<string> => ok('exec', LAB, '--', 'sh', '-c', command)

  beforeAll(async () => {
    user = await newUser()
  })

  afterAll(async () => {
    await user.distrolab('cleanup', '--yes')
    await user.remove()
  }, 2 * MINUTES)

  test(
    'up makes a machine of that distro with its name, and the ssh command that it prints works',
    async () => {
      const view = JSON.parse(await ok('up', '--profile', LAB, '-o', 'json')) as View
      expect(view).toMatchObject({ state: 'ready', distro: 'debian-13', reused: false })
      ssh = view.machines[0]?.ssh ?? ''
      const pasted = await user.paste(`${ssh} 'uname -r; hostname'`)
      expect(pasted).toMatchObject({ exitCode: 0, stderr: '' })
      expect(pasted.stdout).toMatch(/^6\.12\.[^]*\ndebian-13-local\n$/)
    },
    10 * MINUTES,
  )

  test(
    'exec passes output and exit code on, and up again reconnects',
    async () => {
      expect(await inGuest('sudo id -u; grep -o PRETTY.*trixie /etc/os-release')).toMatch(/^0\nPRETTY/)
      expect((await user.distrolab('exec', LAB, '--', 'exit 7')).exitCode).toBe(7)
      expect(JSON.parse(await ok('up', LAB, '-o', 'json'))).toMatchObject({ reused: true })
    },
    MINUTES,
  )

  test(
    'plain ssh, scp, rsync and a tunnel work from a fresh home, as docs/ssh.md says',
    async () => {
      const page = await SshPage.read(user, LAB)
      await page.giveRsync()
      await page.run('sh')
      expect(await page.inHome(`cat copy.txt; ssh ${LAB} cat hello.txt`)).toBe('hello\nhello\n')
      expect(await page.banner()).toMatch(/^SSH-2\.0-OpenSSH/)
      await page.inHome('distrolab ssh-config --remove')
      expect(await page.inHome('cat ~/.ssh/config')).toBe('')
    },
    5 * MINUTES,
  )

  test(
    'a VM that was paused in QEMU goes on after up',
    async () => {
      const status = async (): Promise<Status> => JSON.parse(await ok('status', LAB, '-o', 'json')) as Status
      const folder = (await status()).machines[0]?.place ?? ''
      await QmpSession.with(folder, (session) => session.execute('stop'))
      expect((await status()).power).toEqual({ main: 'paused' })
      expect(JSON.parse(await ok('up', LAB, '-o', 'json'))).toMatchObject({ reused: true })
      expect((await status()).power).toEqual({ main: 'running' })
    },
    MINUTES,
  )

  test(
    'reset takes disk and memory back',
    async () => {
      await inGuest('echo planted > planted; sudo touch /run/planted; sudo rm /etc/hostname; sync')
      await ok('reset', LAB)
      expect(await inGuest('ls planted /run/planted 2>/dev/null; cat /etc/hostname')).toBe(LAB)
    },
    2 * MINUTES,
  )

  test(
    'swap changes the distro, and neither name nor ssh command',
    async () => {
      await ok('swap', LAB, 'debian-12')
      const pasted = await user.paste(`${ssh} 'uname -r; hostname'`)
      expect(pasted).toMatchObject({ exitCode: 0, stderr: '' })
      expect(pasted.stdout).toMatch(/^6\.1\.[^]*\ndebian-13-local\n$/)
    },
    10 * MINUTES,
  )

  test(
    'down leaves no process and no disk, and says destroyed',
    async () => {
      await ok('down', LAB)
      expect(await ok('status', LAB)).toBe('destroyed')
      expect(await user.processes()).toEqual([])
      expect(await readdir(join(user.home, 'machines'))).toEqual([])
    },
    MINUTES,
  )
})
