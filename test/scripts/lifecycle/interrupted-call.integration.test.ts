import { expect, jest, test } from '@jest/globals'
import { LabError } from '../../../scripts/errors.js'
import { throughGate } from '../../../scripts/lab/gate.js'
import type { LabName } from '../../../backend/lab-name.js'
import { useSandboxes } from '../../stand-in/sandbox.js'
import { errorOf } from '../../support/cli/support.js'
import { contextIn } from '../../support/labs/in-process.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(60_000)
const makeSandbox = useSandboxes()

test('a call that an interrupt ends is recorded as the interrupt, with the step that it ended', async () => {
  const box = await makeSandbox()
  await box.up('--profile', LAB)
  const controller = new AbortController()
  const context = await contextIn(box)
  const interrupted = new LabError({ code: 'interrupted', signal: 'SIGINT' })
  const call = throughGate(
    { ...context, interrupt: { ...context.interrupt, signal: controller.signal } },
    LAB as LabName,
    'swap',
    async ({ writer, signal }) => {
      await writer.beginStep('image')
      controller.abort(interrupted)
      // What clients of clouds make of it.
      await fetch('http://127.0.0.1:9', { signal }).catch((cause: unknown) => {
        throw Object.assign(new Error('Request aborted', { cause }), { name: 'AbortError' })
      })
    },
  )
  expect(await errorOf(call)).toBe(interrupted)
  expect(await box.record(LAB)).toMatchObject({ failure: { step: 'image', code: 'interrupted' } })
})
