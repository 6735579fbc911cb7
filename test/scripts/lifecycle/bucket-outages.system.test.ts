import { randomUUID } from 'node:crypto'
import { describe, expect, jest, test } from '@jest/globals'
import { readRecord } from '../../../backend/record.js'
import { openStore } from '../../../backend/open-store.js'
import type { LabEvent } from '../../../backend/record-schema.js'
import { labName } from '../../support/backend/support.js'
import { startFakeGcs, startVersitygw, withPrefix } from '../../services/buckets.js'
import type { Fault, Seen } from '../../services/faulty-proxy.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { ok, optionsFor, useBucket } from '../../support/labs/bucket-lab.js'
import { LAB } from '../../support/labs/stages.js'

jest.setTimeout(600_000)
const makeSandbox = useSandboxes()

const WRITES = ['PUT', 'POST', 'DELETE']
/** In turn, so that neighbouring calls meet different ones. The last is a 412 against our own write. */
const FAULTS: readonly { readonly name: string; readonly fault: Fault; readonly writesOnly?: boolean }[] = [
  { name: 'reset before', fault: 'reset before' },
  { name: '503', fault: { status: 503, when: 'before' } },
  { name: 'reset after', fault: 'reset after' },
  { name: '500 after', fault: { status: 500, when: 'after' } },
  { name: '412 after', fault: { status: 412, when: 'after' }, writesOnly: true },
]
/** An answer that never comes costs seconds of patience each, so it is tried at every n-th call only. */
const EVERY_NTH_TIMES_OUT = 12
/** From that call on our store reaches the bucket no more, until the command ends. */
const EVERY_NTH_IS_AN_OUTAGE = 6

/** What our own store asks; OpenTofu has its own patience, and its own tests. */
const isOurs = ({ url }: Seen): boolean => /record\.json|lease\.json|events%?2?F?\//.test(url)

/** Every other call on each: what happens between two calls is the same code on both. */
const servers = [
  ['S3 (versitygw)', startVersitygw, 0],
  ['GCS (fake-gcs-server)', startFakeGcs, 1],
] as const
const STRIDE = servers.length

describe.each(servers)('a bucket on %s that fails at any call of up and down', (_name, start, first) => {
  const at = useBucket(start)
  let box: Sandbox

  test('never makes two machines, loses no record, and calls nothing destroyed that is there', async () => {
    box = await makeSandbox()
    const location = withPrefix(at.bucket.location, randomUUID())
    const options = await optionsFor(at.bucket, { ...location, endpoint: at.proxy.url })
    const store = await openStore(location)
    const run = async (...args: string[]) => (await box.run(args, options)).code
    const state = async () => (await readRecord(store, labName(LAB)))?.lab.state
    let calls = first + 1
    let rounds = 0
    for (let n: number = first; n < calls; n += STRIDE, rounds++) {
      breakAt(n)
      const upCode = await run('up', '--profile', LAB, '--wait', 'none')
      const met = at.proxy.seen.filter(isOurs).length
      // As many as a run without a fault has; a run that a fault cut short is no measure.
      if (upCode === 0) calls = Math.max(calls, met)
      expect(box.machines().length).toBeLessThanOrEqual(1)
      const reached = await state()
      if (upCode === 0) expect({ n, reached }).toEqual({ n, reached: 'provisioned' })
      // Then nothing was begun.
      if (reached === undefined || reached === 'destroyed') expect(box.machines()).toEqual([])
      mend()
      if (upCode !== 0) await ok(box, options, 'up', '--profile', LAB, '--wait', 'none')
      expect(box.machines()).toHaveLength(1)

      breakAt(n)
      const downCode = await run('down', LAB)
      mend()
      if ((await state()) === 'destroyed') expect(await box.traces()).toEqual([])
      else expect(downCode).not.toBe(0)
      if (downCode !== 0) await ok(box, options, 'down', LAB)
      expect([await state(), await box.traces()]).toEqual(['destroyed', []])
    }
    // Every round made the lab once: whoever thinks it failed to write, and writes again, shows here.
    const events = JSON.parse(await ok(box, options, 'history', LAB, '-o', 'json')) as LabEvent[]
    expect(events.filter(({ to }) => to === 'destroyed')).toHaveLength(rounds)
    // Far fewer would mean that the faults were not where they are meant to be.
    expect(calls).toBeGreaterThan(12)
  })

  function breakAt(n: number): void {
    let counted = -1
    let isOut = false
    const timesOut = n % EVERY_NTH_TIMES_OUT === EVERY_NTH_TIMES_OUT - 1
    const isOutage = n % EVERY_NTH_IS_AN_OUTAGE === EVERY_NTH_IS_AN_OUTAGE - 1
    at.proxy.plan((seen) => {
      if (!isOurs(seen)) return undefined
      if (isOut) return 'reset before'
      counted++
      if (counted !== n) return undefined
      if (timesOut) return 'silent after'
      if (isOutage) {
        isOut = true
        return 'reset before'
      }
      const fits = FAULTS.filter(({ writesOnly }) => writesOnly !== true || WRITES.includes(seen.method))
      return fits[n % fits.length]?.fault
    })
  }

  const mend = (): void => at.proxy.plan(() => undefined)
})
