import { expect, jest, test } from '@jest/globals'
import { useSandboxes } from '../../stand-in/sandbox.js'
import { engineLocks, LAB } from '../../support/labs/stages.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()

test('an apply that does not end is stopped and recorded, exits with 124, and up goes on from there', async () => {
  const box = await makeSandbox()
  await box.knobs({ holdStart: true })
  const run = await box.run(['up', '--profile', LAB, '--apply-timeout', '4s', '-o', 'json'])
  expect([run.code, run.json()]).toMatchObject([124, { error: { code: 'engine-timeout', exitCode: 124 } }])
  expect(run.stderr).toContain('OpenTofu was stopped at apply: it did not end within 4 s.')
  expect(run.stderr).toContain(`Next:  distrolab up LAB --apply-timeout`)
  expect(await box.record(LAB)).toMatchObject({
    state: 'provision-failed',
    command: null,
    engine: null,
    failure: { step: 'apply', code: 'engine-timeout' },
  })
  expect(await engineLocks(box)).toEqual([])
  await box.knobs({})
  await box.ok('up', LAB)
  expect(box.machines()).toHaveLength(1)
  await box.ok('down', LAB)
  expect(await box.traces()).toEqual([])
})
