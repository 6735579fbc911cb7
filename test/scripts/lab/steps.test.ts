import { expect, test } from '@jest/globals'
import type { Session } from '../../../scripts/lab/gate.js'
import { alreadyRecorded, Steps } from '../../../scripts/lab/steps.js'

const nothing = (): void => undefined
const did: string[] = []
const session = {
  context: { progress: { beginStep: nothing, detail: nothing, endStep: nothing, failStep: nothing } },
  log: { info: nothing, debug: nothing },
  writer: { beginStep: async (name: string) => void did.push(`recorded ${name}`) },
  signal: new AbortController().signal,
} as unknown as Session

test('a step returns what its beginning recorded, and what it led to', async () => {
  const steps = new Steps(session, ['synth', 'init', 'apply'])
  const made = await steps.runRecorded(
    'synth',
    async () => void did.push('made'),
    async (_writer, { step }) => {
      did.push(`moved to ${step}`)
      return { state: 'swapping' }
    },
  )
  expect(made).toEqual([{ state: 'swapping' }, undefined])
  expect(await steps.run('init', async () => 'ready')).toBe('ready')
  expect(await steps.runRecorded('apply', async () => 4, alreadyRecorded)).toEqual([undefined, 4])
  expect(did).toEqual(['moved to synth', 'made', 'recorded init'])
})

test('a step out of turn records nothing', async () => {
  const steps = new Steps(session, ['synth', 'init'])
  did.length = 0
  await expect(steps.run('init', async () => 1)).rejects.toThrow('init is not the next step')
  expect(did).toEqual([])
})
