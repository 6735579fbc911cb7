import { beforeAll, describe, expect, test } from '@jest/globals'
import { states } from '../../../backend/lab-state.js'
import { crashCases, recordedAt, titleOf } from './crash-cases.js'
import { walk, type Outcomes } from './crash-walk.js'

/** Side by side, each in a sandbox of its own: more than there are cores here would only wait for each other. */
const WALKS = 3
const outcomes: Outcomes = new Map()

beforeAll(async () => {
  const shares = Array.from({ length: WALKS }, (_share, n) =>
    crashCases.filter((_case, i) => i % WALKS === n),
  )
  await Promise.all(shares.map((cases) => walk(cases, outcomes)))
}, 30 * 60_000)

describe('after kill -9 of', () => {
  test.each(crashCases.map((crash) => [titleOf(crash), crash] as const))(
    '%s: all is told and mended',
    (_title, crash) => {
      expect(outcomes.has(crash)).toBe(true)
      const error = outcomes.get(crash)
      if (error !== undefined) throw error
    },
  )

  test('its commands every state with a command under way was seen', () => {
    const seen = new Set(crashCases.map((crash) => recordedAt(crash).state))
    const underWay = states.filter((state) => state.endsWith('ing'))
    expect(underWay.filter((state) => !seen.has(state))).toEqual([])
  })
})
