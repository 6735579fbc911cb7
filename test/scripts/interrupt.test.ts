import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { LabError } from '../../scripts/errors.js'
import { listenForInterrupts, type Interrupt } from '../../scripts/interrupt.js'

const said: string[] = []
let interrupt: Interrupt
const counts = (): number[] => ['SIGINT', 'SIGTERM', 'SIGHUP'].map((name) => process.listenerCount(name))
let before: number[]

beforeEach(() => {
  said.length = 0
  before = counts()
  interrupt = listenForInterrupts((message) => said.push(message))
})
afterEach(() => interrupt.dispose())

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s aborts with its own name', (name) => {
  process.emit(name, name)
  const reason: unknown = interrupt.signal.reason
  expect(reason).toBeInstanceOf(LabError)
  expect((reason as LabError).fault).toEqual({ code: 'interrupted', signal: name })
})

test('later signals only say what is being waited for, the innermost of it', () => {
  const doneOuter = interrupt.waitingFor('the outer')
  const doneInner = interrupt.waitingFor('the inner')
  process.emit('SIGINT', 'SIGINT')
  const reason: unknown = interrupt.signal.reason
  process.emit('SIGTERM', 'SIGTERM')
  doneInner()
  process.emit('SIGINT', 'SIGINT')
  doneOuter()
  process.emit('SIGINT', 'SIGINT')
  expect(said).toEqual([
    'Interrupted: stopping (waiting for the inner) …',
    'Still stopping: waiting for the inner. Nothing is lost by waiting.',
    'Still stopping: waiting for the outer. Nothing is lost by waiting.',
    'Still stopping. Nothing is lost by waiting.',
  ])
  expect(interrupt.signal.reason).toBe(reason)
})

test('dispose gives the signals back', () => {
  expect(counts()).toEqual(before.map((count) => count + 1))
  interrupt.dispose()
  expect(counts()).toEqual(before)
})
