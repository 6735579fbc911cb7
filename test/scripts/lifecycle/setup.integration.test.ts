import { beforeEach, expect, jest, test } from '@jest/globals'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'

jest.setTimeout(180_000)

const makeSandbox = useSandboxes()
const LAB = 'debian-local'
let box: Sandbox
let file: string

beforeEach(async () => {
  box = await makeSandbox()
  file = join(box.root, 'setup.yaml')
})

const inGuest = async (command: string): Promise<string> => (await box.ok('exec', LAB, '--', command)).stdout

const configure = (made: string): Promise<void> =>
  box.configure(`profiles:
  mine:
    provider: local
    distro: debian-13
    setup: { run: 'touch "$HOME/${made}"' }
`)

test('a failing script names its line and leaves a lab that up resumes once it is corrected', async () => {
  await writeFile(
    file,
    'packages: [rsync]\nrun: |\n  echo begins >>tried\n  SECRET=hunter2\n  ls /no/such/place\n  echo never\n',
  )
  const failed = await box.run(['up', '--profile', LAB, '--setup', file])
  expect(failed.code).toBe(1)
  expect(failed.stderr).toMatch(
    /debian-local\/main failed at line 3 of run \(ls \/no\/such\/place\), with exit code 2/,
  )
  expect(failed.stderr).toContain('cannot access')
  expect(await box.state(LAB)).toBe('configure-failed')
  const missing = await box.run(['up', LAB])
  expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('--setup FILE')])

  await writeFile(file, 'packages: [rsync]\nrun: cp /etc/hostname "$HOME/done"\n')
  await box.ok('up', LAB, '--setup', file)
  expect(await box.state(LAB)).toBe('ready')
  expect(await inGuest('cat .apt; ls done')).toMatch(/install rsync\n[^]*install rsync\ndone\n$/)
  const record = await readFile(join(box.home, 'labs', LAB, 'record.json'), 'utf8')
  expect(record).not.toContain('hunter2')
  expect(await inGuest('ls .etc/lib/distrolab')).toBe('setup\n')
})

test('a setup is part of the baseline, and another one is never ignored: swap recreates the machine with it', async () => {
  await configure('one')
  await box.ok('up', '--profile', 'mine', '--name', LAB)
  expect((await box.record(LAB)).setup).toEqual({
    digest: expect.stringMatching(/^sha256:/),
    profile: 'mine',
  })
  await inGuest('rm one')
  await box.ok('reset', LAB)
  expect(await inGuest('ls one')).toBe('one\n')
  expect((await box.ok('up', LAB, '-o', 'json')).json()).toMatchObject({ reused: true })

  await configure('two')
  for (const command of ['up', 'plan']) {
    const refused = await box.run([command, LAB])
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(`distrolab swap ${LAB} debian-13`),
    ])
  }
  await box.ok('swap', LAB, 'debian-13')
  expect(await inGuest('ls one two 2>/dev/null || :')).toBe('two\n')
  expect((await box.ok('up', LAB, '-o', 'json')).json()).toMatchObject({ reused: true })
  await box.ok('down', LAB)
})
