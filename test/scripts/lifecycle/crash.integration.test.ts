import { beforeAll, describe, expect, test } from '@jest/globals'
import { states } from '../../../backend/lab-state.js'
import { interruptCases, killCases, recordedAt, titleOf } from './crash-cases.js'
import { walk, type Outcomes } from './crash-walk.js'

/** Side by side, each in a sandbox of its own: while one waits for a process the other one works. */
const WALKS = 2
const cases = [...killCases, ...interruptCases]
const outcomes: Outcomes = new Map()

beforeAll(async () => {
  const left = [...cases]
  await Promise.all(Array.from({ length: WALKS }, () => walk(left, outcomes)))
}, 30 * 60_000)

describe('a command that is struck', () => {
  test.each(cases.map((crash) => [titleOf(crash), crash] as const))(
    '%s: all is told and mended',
    (_title, crash) => {
      expect(outcomes.has(crash)).toBe(true)
      const error = outcomes.get(crash)
      if (error !== undefined) throw error
    },
  )

  test('every command meets every kind of interrupt', () => {
    const met = new Set(interruptCases.map(({ verb, by }) => `${verb}: ${by}`))
    expect(met.size).toBe(4 * 4)
  })

  test('its commands every state with a command under way was seen', () => {
    const seen = new Set(killCases.map((crash) => recordedAt(crash).state))
    const underWay = states.filter((state) => state.endsWith('ing'))
    expect(underWay.filter((state) => !seen.has(state))).toEqual([])
  })
})
