import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { inheritLease, type InheritRequest } from '../../backend/inherited-lease.js'
import { acquireLease, type Lease } from '../../backend/lease.js'
import { leaseKey } from '../../backend/keys.js'
import { formatLeaseTokens, parseLeaseTokens, tokenFor, type LeaseToken } from '../../backend/lease-token.js'
import type { ObjectStore } from '../../backend/store.js'
import {
  disturbed,
  elsewhere,
  faultOf,
  labName,
  later,
  ourselves,
  temporaryStore,
  tokenOf,
} from '../support/backend/support.js'

const lab = labName('demo')
let store: ObjectStore
beforeEach(async () => {
  store = await temporaryStore()
})

const acquire = (holder = elsewhere, from = store): Promise<Lease> =>
  acquireLease(from, lab, { holder, command: 'exec', waitMs: 0 })
const made: Lease[] = []
async function inherit(token: LeaseToken, more: Partial<InheritRequest> = {}, from = store): Promise<Lease> {
  const lease = await inheritLease(from, { token, holder: ourselves(), command: 'down', ...more })
  made.push(lease)
  return lease
}
afterEach(async () => {
  for (const lease of made.splice(0)) await lease.release()
})

describe('a command run under a lease', () => {
  test('inherits it by its token, and neither waits for it nor renews it nor gives it back', async () => {
    const parent = await acquire()
    const before = await store.get(leaseKey(lab))
    const child = await inherit(tokenOf(parent))
    expect(child).toMatchObject({
      fence: parent.fence,
      command: 'down',
      holder: { user: 'anna' },
      lentBy: { user: 'ci', command: 'exec' },
    })
    await child.assertHeld()
    await child.release()
    expect(await store.get(leaseKey(lab))).toEqual(before)
    await parent.assertHeld()
  })

  test('has it no longer than its lender', async () => {
    const parent = await acquire()
    const child = await inherit(tokenOf(parent))
    await parent.release()
    expect(await faultOf(child.assertHeld())).toMatchObject({ code: 'lease-lost', lab: 'demo' })
    expect(child.lost.aborted).toBe(true)
    expect(await faultOf(inherit(tokenOf(parent)))).toMatchObject({
      code: 'lease-token-refused',
      field: 'holder',
    })
  })

  test('loses it before anybody could take it over: when its lender is dead', async () => {
    const parent = await acquire({ ...ourselves('bob'), startTime: '1' })
    expect(await faultOf(inherit(tokenOf(parent)))).toMatchObject({
      code: 'lease-token-refused',
      field: 'holder',
      got: expect.stringContaining('dead: bob@'),
    })
  })

  test('and when its lender renews no longer', async () => {
    const parent = await acquire()
    let ahead = 0
    const clocked = disturbed(store, { now: async () => new Date((await store.now()).getTime() + ahead) })
    const child = await inherit(tokenOf(parent), {}, clocked)
    ahead = 61_000
    expect((await faultOf(child.assertHeld())).code).toBe('lease-lost')
    expect(await faultOf(inherit(tokenOf(parent), {}, clocked))).toMatchObject({ field: 'holder' })
  })

  test('is told of the loss while it works, too', async () => {
    const child = await inherit(tokenOf(await acquire()), { lookMs: 20 })
    await acquire(elsewhere, later(store, 61_000))
    await sleep(300)
    expect(child.lost.reason).toMatchObject({ fault: { code: 'lease-lost' } })
    await child.release()
  })

  test('is not stopped by a look that the store did not answer', async () => {
    const parent = await acquire()
    let broken = false
    const flaky: ObjectStore = {
      ...disturbed(store, {}),
      get: async (key) => {
        if (broken) throw new Error('503')
        return store.get(key)
      },
    }
    const child = await inherit(tokenOf(parent), { lookMs: 20 }, flaky)
    broken = true
    await sleep(200)
    await expect(child.assertHeld()).rejects.toThrow('503')
    broken = false
    await child.assertHeld()
    await child.release()
  })

  test('is refused with a token of another acquisition', async () => {
    const parent = await acquire()
    const token = { ...tokenOf(parent), fence: 7 }
    expect(await faultOf(inherit(token))).toMatchObject({
      code: 'lease-token-refused',
      field: 'fence',
      expected: '1',
      got: '7',
    })
    const other = { ...token, lab: labName('other') }
    expect(await faultOf(inherit(other))).toMatchObject({ field: 'fence', expected: 'none' })
  })
})

describe('DISTROLAB_LEASE', () => {
  const tokens: LeaseToken[] = [
    { lab, fence: 3, backend: '6445da26', lender: 71 },
    { lab: labName('old-1'), fence: 12, backend: '0a', lender: 5 },
  ]

  test('holds the tokens of several leases, and is read as it was written', () => {
    const text = formatLeaseTokens(tokens)
    expect(text).toBe('demo:3:6445da26:71,old-1:12:0a:5')
    expect(parseLeaseTokens(text)).toEqual(tokens)
  })

  test.each([
    '',
    'demo',
    'demo:3',
    'demo:3:zz:71',
    'Demo:3:0a:71',
    'demo:-1:0a:71',
    'demo:3:0a:71,',
    'a-:1:0a:1',
  ])('of the form "%s" is refused', async (text) => {
    expect(await faultOf(Promise.resolve().then(() => parseLeaseTokens(text)))).toMatchObject({
      code: 'lease-token-refused',
      field: 'form',
    })
  })

  test('says nothing of other labs, and is refused for the same name in another backend', async () => {
    expect(tokenFor(tokens, lab, '6445da26')).toEqual(tokens[0])
    expect(tokenFor(tokens, labName('new'), '6445da26')).toBeUndefined()
    const foreign = Promise.resolve().then(() => tokenFor(tokens, lab, 'ffff'))
    expect(await faultOf(foreign)).toMatchObject({
      code: 'lease-token-refused',
      field: 'backend',
      expected: 'ffff',
      got: '6445da26',
    })
  })
})
