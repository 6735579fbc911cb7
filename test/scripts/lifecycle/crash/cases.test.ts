import { describe, expect, test } from '@jest/globals'
import { states } from '../../../../backend/lab-state.js'
import { CHANGING } from '../../../support/architecture/gate.js'
import { interruptCases, interrupts, killCases, whens } from '../../../support/labs/crash-cases.js'
import { stepsOf, verbs } from '../../../support/labs/crash-commands.js'
import { recordedAt } from '../../../support/labs/crash-truth.js'

describe('the crash matrix', () => {
  test('has every command that changes a lab in steps', () => {
    const missing = CHANGING.filter((verb) => !(verbs as string[]).includes(verb))
    // They have no steps: the first takes a lease and gives it back, the last uses the lab as `exec` does, and the others write
    // one event and at most one file.
    expect(missing).toEqual(['lock break', 'net break', 'net heal', 'net capture', 'fixtures apply'])
  })

  test.each(verbs)('kills %s before, during and after every step, with up and with down after it', (verb) => {
    for (const step of stepsOf(verb)) {
      for (const when of whens) {
        const cases = killCases.filter(
          ({ verb: one, point }) => one === verb && point.when === when && point.step === step,
        )
        expect(cases).toHaveLength(2)
      }
    }
  })

  test.each(verbs)('sends every signal to %s during every step, and one before and after it', (verb) => {
    for (const step of stepsOf(verb)) {
      const cases = interruptCases.filter(({ verb: one, point }) => one === verb && point.step === step)
      expect(new Set(cases.map(({ by }) => by))).toEqual(new Set(interrupts))
      expect(new Set(cases.map(({ point }) => point.when))).toEqual(new Set(whens))
    }
  })

  test('leaves a lab in every state with a command under way', () => {
    const seen = new Set(killCases.map((crash) => recordedAt(crash).state))
    const underWay = states.filter((state) => state.endsWith('ing') || state === 'in-use')
    expect(underWay.filter((state) => !seen.has(state))).toEqual([])
  })

  test('has recover mend every state and step that it left, once by --apply', () => {
    const left = killCases.map(recordedAt).filter(({ state }) => state !== 'ready' && state !== 'destroyed')
    const mended = killCases.filter(({ then }) => then === 'recover').map(recordedAt)
    const keyOf = ({ state, step }: (typeof left)[number]): string => `${state} ${step}`
    expect(mended.map(keyOf).sort()).toEqual([...new Set(left.map(keyOf))].sort())
  })
})
