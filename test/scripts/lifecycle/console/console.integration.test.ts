import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { waitUntil } from '../../../stand-in/lab-cli.js'
import type { Sandbox } from '../../../stand-in/sandbox.js'
import { useExecPlace } from '../../../support/labs/exec-place.js'
import { LAB } from '../../../support/labs/stages.js'

jest.setTimeout(60_000)
let box: Sandbox
useExecPlace((place) => ({ box } = place))

test('a console is live, cleaned, survives a reset, and ends with 0 on Ctrl-C', async () => {
  const { machines } = await box.record(LAB)
  const log = join(machines[0]?.place ?? '', 'console.log')
  const cli = box.start(['console', LAB])
  await cli.says('Ctrl-C ends it')
  await appendFile(log, 'one \u001b[31mred\u001b[0m\n')
  await waitUntil('the line', () => cli.stdout.includes('one red\n'))
  await box.ok('reset', LAB)
  await waitUntil('the mark of the reset', () => cli.stdout.includes('back to the baseline'))
  cli.signal('SIGINT')
  expect((await cli.done).code).toBe(0)
})
