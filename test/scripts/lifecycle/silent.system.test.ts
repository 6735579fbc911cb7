import { expect, jest, test } from '@jest/globals'
import { useSandboxes } from '../../stand-in/sandbox.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(90_000)
const makeSandbox = useSandboxes()

test('a VM whose sshd is silent is told as such, stays ready, and reset brings it back', async () => {
  const box = await makeSandbox()
  await box.up('--profile', LAB)
  await box.knobs({ silent: true })
  const exec = await box.run(['exec', LAB, '--', 'true'])
  expect(exec.code).toBe(124)
  expect(exec.stderr).toContain(`${LAB}/main is running, but SSH does not answer`)
  expect(exec.stderr).toContain(`Next:  distrolab reset ${LAB}`)
  const recovered = await box.ok('recover', LAB)
  expect(recovered.stdout).toContain(`distrolab reset ${LAB}`)
  const up = box.start(['up', LAB])
  await up.says('is running, but SSH does not answer: waiting for it')
  expect(await box.state(LAB)).toBe('ready')
  await box.knobs({})
  expect((await up.done).code).toBe(0)
  expect(box.machines()).toHaveLength(1)
})
