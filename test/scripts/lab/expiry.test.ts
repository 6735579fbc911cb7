import { hostname } from 'node:os'
import { describe, expect, test } from '@jest/globals'
import type { AnyLab } from '../../../backend/lab.js'
import type { Context } from '../../../scripts/context.js'
import { assertNotExpired, enforcersOf } from '../../../scripts/lab/expiry.js'
import { expiresInMs, expiryOf, isExpired } from '../../../scripts/lab/time-left.js'
import { decided } from '../../support/backend/support.js'
import { faultOf } from '../../support/cli/support.js'

// There are no machines of this computer in it.
const context = { space: { home: '/nonexistent' } } as Context
const now = new Date('2026-11-21T12:00:00.000Z')
const over = '2026-11-21T12:00:00.000Z'
const later = '2026-11-21T16:00:00.000Z'
const labOf = (changes: object): AnyLab =>
  ({ ...decided, lab: 'demo', state: 'ready', expiresAt: later, ...changes }) as AnyLab

test('a TTL ends that much later, and none never', () => {
  expect(expiryOf(4 * 3_600_000, now)).toBe(later)
  expect(expiryOf(null, now)).toBeNull()
})

describe('a lab', () => {
  test.each([
    [{ expiresAt: later }, 14_400_000, false],
    [{ expiresAt: over }, 0, true],
    [{ expiresAt: '2026-11-21T11:59:59.000Z', state: 'provision-failed' }, -1000, true],
    [{ expiresAt: null }, null, false],
    [{ expiresAt: over, state: 'destroyed' }, null, false],
  ])('%p has %p ms left', async (changes, left, expired) => {
    const lab = labOf(changes)
    expect(expiresInMs(lab, now)).toBe(left)
    expect(isExpired(lab, now)).toBe(expired)
    if (expired)
      expect(await faultOf(() => assertNotExpired(lab, now))).toMatchObject({ code: 'lab-expired' })
    else expect(() => assertNotExpired(lab, now)).not.toThrow()
  })

  test.each(['destroying', 'destroy-failed'] as const)(
    'that is %s gets no work either, and no advice to give it more time',
    async (state) => {
      const lab = labOf({ expiresAt: over, state })
      expect(await faultOf(() => assertNotExpired(lab, now))).toMatchObject({ code: 'lab-being-destroyed' })
    },
  )

  test.each([
    ['without end', { expiresAt: null }, []],
    ['that is destroyed', { state: 'destroyed' }, []],
    ['of another computer', {}, [{ name: 'watchdog', state: 'unknown' }]],
    ['of a provider that a newer version knows', { provider: 'moon' }, [{ name: 'moon', state: 'unknown' }]],
    [
      'without machines',
      { machines: [], owner: { user: 'anna', host: hostname() } },
      [{ name: 'watchdog', state: 'idle' }],
    ],
  ])('%s: what enforces it', async (_what, changes, expected) => {
    expect(await enforcersOf(context, labOf(changes))).toEqual(expected)
  })
})
