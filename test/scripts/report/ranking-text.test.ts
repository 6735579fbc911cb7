import { expect, test } from '@jest/globals'
import type { Ranking } from '../../../scripts/regions/rank.js'
import { renderRanking } from '../../../scripts/report/ranking-text.js'

const ranking: Ranking = {
  provider: 'aws',
  instanceType: 't3.medium',
  architecture: 'x86_64',
  measuredAt: '2026-11-21T10:00:00.000Z',
  pricesAsOf: '2026-11-20',
  regions: [
    { region: 'eu-north-1', title: 'Stockholm', roundTripMs: 31, usdPerHour: 0.0432, score: 35 },
    { region: 'eu-south-2', title: 'Spain', roundTripMs: null, usdPerHour: null, score: null },
  ],
  leftOut: [
    { region: 'ap-east-1', reason: 'opt-in' },
    { region: 'af-south-1', reason: 'opt-in' },
  ],
}

test('shows the order, what it rests on, and what is left out for which reason', () => {
  const text = renderRanking(ranking)
  expect(text).toMatch(/1 +eu-north-1 +Stockholm +31 ms +0\.0432 +35\n2 +eu-south-2 +Spain +\? +\?\n/)
  expect(text).toContain('Measured 2026-11-21T10:00:00.000Z')
  expect(text).toContain('List prices of 2026-11-20')
  expect(text).toMatch(/Left out, opt-in: ap-east-1, af-south-1$/)
})

test('says that nothing was measured', () => {
  expect(renderRanking({ ...ranking, measuredAt: null })).toContain('No round trip was measured')
})
