import { beforeAll, describe, expect, test } from '@jest/globals'
import { crashChoiceIn } from '../../../suite/crash-choice.js'
import { interruptCases, killCases, titleOf } from '../../../support/labs/crash-cases.js'
import { chosenCases } from '../../../support/labs/crash-selection.js'
import { walk, type Outcomes } from '../../../support/labs/crash-walk.js'

/** Side by side, each in a sandbox of its own: while one waits for a process the others work. */
const WALKS = 6

const cases = chosenCases([...killCases, ...interruptCases], crashChoiceIn(process.env))
const outcomes: Outcomes = new Map()

beforeAll(async () => {
  const left = [...cases]
  const walks = Math.min(WALKS, cases.length)
  await Promise.all(Array.from({ length: walks }, () => walk(left, outcomes)))
}, 60 * 60_000)

/** What one case leaves, ready or destroyed, is what another one begins with. */
describe('a command that is struck', () => {
  test.each(cases.map((crash) => [titleOf(crash), crash] as const))(
    '%s: all is told and mended',
    (_title, crash) => {
      expect(outcomes.has(crash)).toBe(true)
      const error = outcomes.get(crash)
      if (error !== undefined) throw error
    },
  )
})
