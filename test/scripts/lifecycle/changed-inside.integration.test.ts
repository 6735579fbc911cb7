import { readFile, rm, writeFile } from 'node:fs/promises'
import { expect, jest, test } from '@jest/globals'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(90_000)
const makeSandbox = useSandboxes()

const hostKeyOf = async (box: Sandbox): Promise<string | null | undefined> =>
  (await box.record(LAB)).machines[0]?.hostKey

test('a VM with a new host key is refused by exec and ssh, which name up; up proves that it is ours and accepts it', async () => {
  const box = await makeSandbox()
  const machine = await box.up('--profile', LAB)
  const pinned = await hostKeyOf(box)
  await rm(box.disk(machine, 'host-key'))
  const exec = await box.run(['exec', LAB, '--', 'echo ran'])
  expect(exec).toMatchObject({ code: 1, stdout: '' })
  expect(exec.stderr).toContain(`Next:  distrolab up ${LAB}    # accepts the new key`)
  const ssh = await box.run(['ssh', LAB, '--', 'echo ran'])
  expect(ssh).toMatchObject({ code: 255, stdout: '' })
  expect(ssh.stderr).toContain(`Next:  distrolab up ${LAB}`)
  const recovered = await box.ok('recover', LAB)
  expect(recovered.stdout).toContain(`distrolab up ${LAB}`)
  const up = await box.run(['up', LAB])
  expect(up.stderr).toContain(
    `${LAB}/main has a new host key, accepted because its VM runs here (pid ${machine.pid})`,
  )
  expect(up.code).toBe(0)
  expect(await hostKeyOf(box)).not.toBe(pinned)
  for (const verb of ['exec', 'ssh'])
    expect(await box.run([verb, LAB, '--', 'echo ran'])).toMatchObject({ code: 0, stdout: 'ran\n' })
  expect((await box.ok('up', LAB)).stderr).not.toContain('host key')
})

test('a VM that came back with a new host key is accepted too', async () => {
  const box = await makeSandbox()
  const machine = await box.up('--profile', LAB)
  await box.kill(machine.pid)
  await rm(box.disk(machine, 'host-key'))
  const up = await box.run(['up', LAB])
  expect(up.code).toBe(0)
  expect(up.stderr).toContain('has a new host key')
  expect((await box.run(['exec', LAB, '--', 'echo ran'])).stdout).toBe('ran\n')
})

test.each([
  ['up', LAB],
  ['exec', LAB, '--', 'true'],
])(
  'a clock that is behind, as after a sleep of the computer, is set by %s, which says so',
  async (...words) => {
    const box = await makeSandbox()
    const machine = await box.up('--profile', LAB)
    const clock = box.disk(machine, 'guest', '.clock')
    await writeFile(clock, '-3600000')
    const run = await box.run(words)
    expect(run.code).toBe(0)
    expect(run.stderr).toMatch(/^The clock of debian-local\/main was 60 min .* s behind and has been set\.$/m)
    expect(Math.abs(Number(await readFile(clock, 'utf8')))).toBeLessThan(2_000)
    expect((await box.run(words)).stderr).not.toContain('clock')
  },
)
