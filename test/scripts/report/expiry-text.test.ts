import { describe, expect, test } from '@jest/globals'
import { renderExpiry, renderExtension, timeLeft, timeText } from '../../../scripts/report/expiry-text.js'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const at = '2026-11-21T17:30:00.000Z'
const armed = [{ name: 'watchdog', state: 'armed' }] as const

test.each([
  [0, '0s'],
  [59_999, '59s'],
  [MINUTE, '1m'],
  [HOUR - 1, '59m'],
  [HOUR, '1h0m'],
  [3 * HOUR + 59 * MINUTE + 59_999, '3h59m'],
  [47 * HOUR, '47h0m'],
  [51 * HOUR, '2d3h'],
])('%d ms is %s: never more than there is', (ms, text) => {
  expect(timeText(ms)).toBe(text)
})

describe('the time of a lab', () => {
  test.each([
    [HOUR, at, 'in 1h0m'],
    [0, at, 'EXPIRED 0s ago'],
    [-5 * MINUTE, at, 'EXPIRED 5m ago'],
    [null, null, 'never'],
    // A destroyed one keeps the time it had.
    [null, at, ''],
  ])('%p ms before %p is "%s"', (expiresInMs, expiresAt, text) => {
    expect(timeLeft({ expiresInMs, expiresAt, enforcers: [] })).toBe(text)
  })

  test('is told with what enforces it, and not at all where there is no end', () => {
    expect(renderExpiry({ expiresAt: at, expiresInMs: HOUR, enforcers: armed })).toEqual([
      `It expires in 1h0m, at ${at} (watchdog armed).`,
    ])
    expect(renderExpiry({ expiresAt: null, expiresInMs: null, enforcers: [] })).toEqual([])
  })
})

describe('an extension', () => {
  const extension = { lab: 'demo', expiresAt: at, expiresInMs: HOUR, was: null, enforcers: armed }

  test('tells both times', () => {
    const was = '2026-11-21T16:00:00.000Z'
    expect(renderExtension({ ...extension, was })).toBe(
      `demo expires in 1h0m, at ${at} (watchdog armed). It was ${was}.`,
    )
    expect(renderExtension({ ...extension, expiresAt: null, expiresInMs: null, was: null })).toBe(
      'demo no longer expires.',
    )
  })

  test('of a lab that is powered off says how to power it on', () => {
    const idle = [{ name: 'watchdog', state: 'idle' }] as const
    expect(renderExtension({ ...extension, enforcers: idle })).toContain('distrolab up demo')
    expect(renderExtension(extension)).not.toContain('distrolab up demo')
  })
})
