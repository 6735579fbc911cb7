import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { buildUserData, moveExpiryScript } from '../../stacks/cloud-user-data.js'
import { parse } from 'yaml'
import { temporaryFolder, until } from '../support/cli/support.js'

const run = promisify(execFile)
const NOW = Math.floor(Date.now() / 1000)

/** A machine's root as far as the scripts see it: its folders are here, and it has only these programs. */
class Machine {
  readonly root = temporaryFolder()

  /** `init`: what stands in for systemd, where there is one. */
  async make(init: Readonly<Record<string, string>> = {}): Promise<this> {
    for (const folder of ['bin', 'etc', 'run']) await mkdir(join(this.root, folder))
    for (const name of ['sh', 'cat', 'date', 'nohup']) await symlink(`/bin/${name}`, this.#bin(name))
    const programs = { poweroff: `: >'${this.root}/off'`, sleep: 'exec /bin/sleep 0.05', ...init }
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(this.#bin(name), `#!/bin/sh\n${script}\n`)
      await chmod(this.#bin(name), 0o755)
    }
    return this
  }

  /** Nothing of the computer that the test runs on is written to or switched off. */
  async run(script: string): Promise<void> {
    const here = script.replaceAll('/etc/', `${this.root}/etc/`).replaceAll('/run/', `${this.root}/run/`)
    await run('/bin/sh', ['-c', here], { env: { PATH: join(this.root, 'bin') } })
  }

  read(file: string): Promise<string> {
    return readFile(join(this.root, file), 'utf8').catch(() => '')
  }

  isOff(): Promise<boolean> {
    return readFile(join(this.root, 'off')).then(
      () => true,
      () => false,
    )
  }

  #bin(name: string): string {
    return join(this.root, 'bin', name)
  }
}

const atBoot = (powerOffAt: number): string => {
  const text = buildUserData({ hostname: 'demo', publicKeys: [], powerOffAt })
  const { bootcmd } = parse(text) as { bootcmd: string[][] }
  return bootcmd[0]?.at(-1) ?? ''
}

describe('the timer in a machine', () => {
  test('switches it off when its time has passed', async () => {
    const machine = await new Machine().make()
    await machine.run(atBoot(NOW - 1))
    expect(await until(() => machine.isOff(), 'poweroff')).toBe(true)
  })

  test('goes by the time that it is told later, and there is one of it only', async () => {
    const machine = await new Machine().make()
    await machine.run(atBoot(NOW + 3600))
    const pid = await until(
      async () => (await machine.read('run/distrolab-expiry.pid')) || undefined,
      'the loop',
    )
    await machine.run(moveExpiryScript(NOW + 7200))
    expect(await machine.read('run/distrolab-expiry.pid')).toBe(pid)
    expect(await machine.isOff()).toBe(false)
    await machine.run(moveExpiryScript(NOW - 1))
    expect(await until(() => machine.isOff(), 'poweroff')).toBe(true)
  })

  test('is given to a machine that was made without', async () => {
    const machine = await new Machine().make()
    await machine.run(moveExpiryScript(NOW - 1))
    expect(await until(() => machine.isOff(), 'poweroff')).toBe(true)
  })

  test('is kept by systemd where there is one, which is asked first', async () => {
    const record = (name: string): string => `echo "${name} $*" >>"$(dirname "$0")/../calls"`
    const machine = await new Machine().make({
      dirname: 'exec /usr/bin/dirname "$@"',
      systemctl: `${record('systemctl')}; [ -e "$(dirname "$0")/../active" ]`,
      'systemd-run': record('systemd-run'),
    })
    await machine.run(moveExpiryScript(null))
    expect(await machine.read('calls')).toMatch(
      /^systemctl -q is-active distrolab-expiry\nsystemd-run --unit=distrolab-expiry --collect sh -c while/,
    )
    expect(await machine.read('etc/distrolab-expires')).toBe('9999999999\n')
    await writeFile(join(machine.root, 'active'), '')
    await writeFile(join(machine.root, 'calls'), '')
    await machine.run(moveExpiryScript(NOW + 60))
    expect(await machine.read('calls')).toBe('systemctl -q is-active distrolab-expiry\n')
    expect(await machine.read('etc/distrolab-expires')).toBe(`${NOW + 60}\n`)
  })
})
