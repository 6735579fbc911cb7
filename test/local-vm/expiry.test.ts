import { describe, expect, test } from '@jest/globals'
import { DriverError } from '../../local-vm/errors.js'
import { parseExpiry, refuseExpired, timeLeft } from '../../local-vm/machine/expiry.js'

const noon = '2026-11-21T12:00:00.000Z'
const now = Date.parse(noon)

describe('the time a machine has left', () => {
  test('is counted by the wall clock, in milliseconds', () => {
    expect(timeLeft(noon, now - 1_500)).toBe(1_500)
  })

  test('is none when it is due, and after a clock that jumped ahead', () => {
    expect(timeLeft(noon, now)).toBe(0)
    expect(timeLeft(noon, now + 86_400_000)).toBe(0)
  })

  test('decides whether the machine may start', () => {
    expect(() => refuseExpired('distrolab-x', undefined)).not.toThrow()
    expect(() => refuseExpired('distrolab-x', new Date(Date.now() + 60_000).toISOString())).not.toThrow()
    const expiresAt = new Date(Date.now() - 1).toISOString()
    expect(() => refuseExpired('distrolab-x', expiresAt)).toThrow(
      new DriverError({ code: 'machine-expired', id: 'distrolab-x', expiresAt }),
    )
  })
})

describe("a machine's expiry file", () => {
  test('says a time, or that there is none', () => {
    expect(parseExpiry(JSON.stringify({ expiresAt: noon }))).toBe(noon)
    expect(parseExpiry('{"expiresAt":null}')).toBeNull()
  })

  test.each([
    ...['', '{', 'null', '[]', '{}', '{"expiresAt":5}', '{"expiresAt":"5"}', '{"expiresAt":""}'],
    ...['{"expiresAt":"2026-99-99T12:00:00Z"}', '{"expiresAt":"2026-11-21"}', '{"expiresAt":{}}'],
  ])('says nothing when it is %j', (text) => {
    expect(parseExpiry(text)).toBeUndefined()
  })
})
