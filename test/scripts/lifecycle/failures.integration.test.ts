import { chmod, chown, mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import type { CliOptions } from '../../stand-in/lab-cli.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { filesWith } from '../../support/labs/files-with.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

const NOBODY = 65534

/** Root writes everywhere, so as root the command runs as another user; else as ourselves. */
async function asOrdinaryUser(box: Sandbox): Promise<CliOptions> {
  if (process.getuid?.() !== 0) return {}
  await chmod(box.root, 0o755)
  await chownAll(box.home)
  await chownAll(box.cache)
  await chownAll(join(box.root, 'disks'))
  return { uid: NOBODY }
}

async function chownAll(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true })
  for (const path of [folder, ...entries.map((entry) => join(folder, entry))])
    await chown(path, NOBODY, NOBODY)
}

const recordFile = (box: Sandbox, lab: string): string => join(box.home, 'labs', lab, 'record.json')

describe('a state folder that is read-only', () => {
  test('from the start makes up fail clearly, with nothing made', async () => {
    const box = await makeSandbox()
    await mkdir(box.home)
    const user = await asOrdinaryUser(box)
    await chmod(box.home, 0o555)
    const up = await box.run(['up', '--profile', LAB, '-o', 'json'], user)
    expect(up.code).toBe(1)
    expect(up.json()).toMatchObject({ error: { code: 'store-unwritable', exitCode: 1 } })
    expect(up.stderr).toContain(box.home)
    expect(up.stderr).toContain('DISTROLAB_HOME')
    expect(await readdir(box.home)).toEqual([])
    expect((await box.run(['status', 'nosuch'], user)).code).toBe(3)
    expect((await box.run(['list'], user)).code).toBe(0)
    const doctor = await box.run(['doctor', '-o', 'json'], user)
    const findings = doctor.json<{ name: string; status: string }[]>()
    expect(findings.find(({ name }) => name === 'state folder')).toMatchObject({ status: 'missing' })
  })

  test('later on lets status and list work, makes exec and down fail clearly, and loses nothing', async () => {
    const box = await makeSandbox()
    await mkdir(box.home)
    const user = await asOrdinaryUser(box)
    expect((await box.run(['up', '--profile', LAB], user)).stderr).toContain('[8/8] mark done')
    const folder = join(box.home, 'labs', LAB)
    const before = await readFile(recordFile(box, LAB), 'utf8')
    for (const path of [box.home, folder]) await chmod(path, 0o555)
    expect(await box.run(['status', LAB], user)).toMatchObject({ code: 0, stdout: 'ready\n' })
    expect((await box.run(['list'], user)).stdout).toContain(LAB)
    for (const words of [
      ['exec', LAB, '--', 'true'],
      ['down', LAB],
      ['up', LAB],
    ]) {
      const run = await box.run(words, user)
      expect(run.code).toBe(1)
      expect(run.stderr).toContain('Cannot write to the backend')
    }
    for (const path of [box.home, folder]) await chmod(path, 0o755)
    expect(await readFile(recordFile(box, LAB), 'utf8')).toBe(before)
    expect((await box.run(['exec', LAB, '--', 'echo', 'works'], user)).stdout).toBe('works\n')
    expect((await box.run(['down', LAB], user)).code).toBe(0)
    expect(await box.traces()).toEqual([])
  })
})

/** How a record can be no record. */
const SPOILT: Readonly<Record<string, (good: string) => string>> = {
  empty: () => '',
  half: (good) => good.slice(0, good.length / 2),
  'of a state that there is not': (good) => good.replaceAll('"ready"', '"reedy"'),
  "another lab's": (good) => good.replaceAll(`"lab": "${LAB}"`, '"lab": "other"'),
}

describe('a record that is garbage', () => {
  test('is named by every command, hides no other lab and is left as it is', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    await box.ok('up', '--profile', 'debian-12-local', '--wait', 'none')
    const file = recordFile(box, LAB)
    const good = await readFile(file, 'utf8')
    for (const [what, spoil] of Object.entries(SPOILT)) {
      const bad = spoil(good)
      expect(bad).not.toBe(good)
      await writeFile(file, bad)
      await expectNamedEverywhere(box, what)
      expect(await readFile(file, 'utf8')).toBe(bad)
    }
    expect(box.machines()).toContainEqual(machine)
    await writeFile(file, good)
    await box.ok('down', LAB)
    expect(box.machines()).toHaveLength(1)
  })
})

async function expectNamedEverywhere(box: Sandbox, what: string): Promise<void> {
  const changing = [
    ['up', LAB],
    ['down', LAB],
    ['exec', LAB, '--', 'true'],
    ['ssh', LAB],
  ]
  for (const words of [['status', LAB], ...changing]) {
    const { code, stderr } = await box.run(words)
    const named = stderr.includes(`Cannot read the record of ${LAB}`)
    expect([what, words[0], code, named]).toEqual([what, words[0], 1, true])
  }
  const list = await box.run(['list', '-o', 'json'])
  expect(list.code).toBe(1)
  expect(list.json<{ lab: string }[]>().map(({ lab }) => lab)).toEqual(['debian-12-local'])
  expect(list.stderr).toContain(LAB)
  expect((await box.run(['history', LAB])).stdout).toContain('new -> provisioning')
  expect((await box.run(['synth', LAB])).code).toBe(0)
}

describe('what speaks against a lab on this computer', () => {
  test('missing programs are listed with the command that installs them, and nothing is recorded', async () => {
    const box = await makeSandbox()
    const up = await box.run(['up', '--profile', LAB], { env: { PATH: join(box.root, 'empty') } })
    expect(up).toMatchObject({ code: 1, stdout: '' })
    for (const name of ['qemu-system-', 'qemu-img', 'mmdebstrap', 'newuidmap', 'ssh'])
      expect(up.stderr).toContain(`\n  ${name}`)
    expect(up.stderr).toMatch(
      /Next: {2}(sudo )?apt-get update && (sudo )?apt-get install -y --no-install-recommends qemu-system-\w+ qemu-utils /,
    )
    expect(up.stderr).toContain('--install-prerequisites')
    expect(await box.files()).toEqual([])
    expect((await box.run(['status', LAB])).code).toBe(3)
  })

  test('a lab whose machines are on another host is not touched', async () => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    await box.kill(machine.pid)
    const file = recordFile(box, LAB)
    const record = JSON.parse(await readFile(file, 'utf8')) as { owner: { host: string; computer: string } }
    Object.assign(record.owner, { host: 'elsewhere', computer: '0123456789abcdef' })
    await writeFile(file, JSON.stringify(record))
    for (const verb of ['up', 'down']) {
      const run = await box.run([verb, LAB])
      expect(run.code).toBe(1)
      expect(run.stderr).toContain(`The VMs of ${LAB} are on elsewhere`)
    }
    expect(await box.state(LAB)).toBe('ready')
    expect(await box.files('machines')).not.toEqual([])
  })

  test('a key that is gone is not replaced by one that the machine does not know', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    const keys = (await box.files('keys')).map((file) => join(box.home, file))
    const { rm } = await import('node:fs/promises')
    for (const file of keys) await rm(file)
    for (const words of [
      ['up', LAB],
      ['exec', LAB, '--', 'true'],
      ['ssh', LAB, '--', 'true'],
    ]) {
      const run = await box.run(words)
      expect(run.code).toBe(1)
      expect(run.stderr).toContain(`No key on this computer opens ${LAB}`)
    }
    expect(await box.files('keys')).toEqual([])
    await box.ok('down', LAB)
    expect(await box.traces()).toEqual([])
  })

  test('a QEMU that does not start is quoted, leaves nothing, and up goes on when it does', async () => {
    const box = await makeSandbox()
    await box.knobs({ failStart: 'cannot set up guest memory' })
    const up = await box.run(['up', '--profile', LAB])
    expect(up.code).toBe(1)
    expect(up.stderr).toContain('QEMU did not start:\n  qemu-system-x86_64: cannot set up guest memory')
    expect(await box.record(LAB)).toMatchObject({
      state: 'provision-failed',
      failure: { step: 'apply', code: 'qemu-failed' },
    })
    expect(await box.files('machines')).toEqual([])
    await box.knobs({})
    await box.ok('up', LAB)
    expect(box.machines()).toHaveLength(1)
  })
})

describe('secrets', () => {
  const PLANTED = 'planted+Secret/0123456789abcdef'
  const env = {
    AWS_SECRET_ACCESS_KEY: PLANTED,
    GITHUB_TOKEN: `gh-${PLANTED}`,
    TF_CLI_ARGS: `-var=x=${PLANTED}`,
  }

  test('of the environment and of the lab are in no output and in no file but the key itself', async () => {
    const box = await makeSandbox()
    const outputs = []
    for (const words of [
      ...[
        ['up', '--profile', LAB, '-vv'],
        ['exec', LAB, '-vv', '--', 'true'],
        ['status', LAB, '-o', 'json'],
      ],
      ...[['synth', LAB], ['history', LAB], ['doctor']],
    ]) {
      const run = await box.run(words, { env })
      expect(run.code).toBe(0)
      outputs.push(run.stdout, run.stderr)
    }
    const keyFile = (await box.files('keys')).find((file) => file.endsWith(`${LAB}/id_ed25519`)) ?? ''
    const key = (await readFile(join(box.home, keyFile), 'utf8')).split('\n')[2] ?? ''
    expect(key.length).toBeGreaterThan(40)
    const holders = (text: string): boolean => text.includes(PLANTED) || text.includes(key)
    expect(outputs.filter(holders)).toEqual([])
    expect(await filesWith([box.home, box.cache], holders)).toEqual([join(box.home, keyFile)])
  })

  test('that a program prints are redacted in the error, the record and the log', async () => {
    const box = await makeSandbox()
    await box.knobs({ failStart: `no memory for ${PLANTED}` })
    const up = await box.run(['up', '--profile', LAB, '-vv', '-o', 'json'], { env })
    expect(up.code).toBe(1)
    expect(up.stderr).toContain('no memory for [redacted]')
    expect((await box.record(LAB)).failure?.message).toContain('no memory for [redacted]')
    const holders = (text: string): boolean => text.includes(PLANTED)
    expect([up.stdout, up.stderr].filter(holders)).toEqual([])
    expect(await filesWith([box.home, box.cache], holders)).toEqual([])
  })

  test('are in files that only their owner can read', async () => {
    const box = await makeSandbox()
    await box.up('--profile', LAB)
    for (const file of await box.files('keys')) {
      expect(`${file} ${((await stat(join(box.home, file))).mode & 0o777).toString(8)}`).toBe(`${file} 600`)
    }
    expect((await stat(join(box.home, 'keys'))).mode & 0o077).toBe(0)
    expect((await stat(join(box.home, 'machines'))).mode & 0o022).toBe(0)
  })
})
