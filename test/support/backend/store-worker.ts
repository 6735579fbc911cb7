import { appendFile } from 'node:fs/promises'
import { BackendError } from '../../../backend/errors.js'
import { withGuard } from '../../../backend/guard.js'
import { acquireLease } from '../../../backend/lease.js'
import { openLabWriter } from '../../../backend/lab-writer.js'
import { parseBackendUrl } from '../../../backend/location.js'
import { openStore } from '../../../backend/open-store.js'
import type { ObjectStore } from '../../../backend/store.js'
import { decided, labName, ourselves } from './support.js'

/** What a test asks of a child process; the answer is `{ value }` or `{ fault }`. */
export type Order =
  | { readonly do: 'create'; readonly url: string; readonly key: string; readonly body: string }
  | {
      readonly do: 'replace'
      readonly url: string
      readonly key: string
      readonly body: string
      readonly version: string
    }
  | { readonly do: 'drop-privileges' }
  | { readonly do: 'hold-guard'; readonly path: string }
  | { readonly do: 'pass-guard'; readonly path: string; readonly log: string }
  | { readonly do: 'hold-lease'; readonly url: string; readonly lab: string; readonly validMs: number }
  | { readonly do: 'write-record'; readonly message: string }
  /** Before anything else: from now on this computer's clock is wrong. */
  | { readonly do: 'skew-clock'; readonly ms: number }
  | { readonly do: 'create-record' }

type Writer = Awaited<ReturnType<typeof openLabWriter>>
let writer: Writer | undefined
const stores = new Map<string, Promise<ObjectStore>>()

/** One client a place, as every command has. */
function storeAt(url: string): Promise<ObjectStore> {
  const store = stores.get(url) ?? openStore(parseBackendUrl(url))
  stores.set(url, store)
  return store
}

function skewClock(ms: number): void {
  const RealDate = Date
  globalThis.Date = class extends RealDate {
    constructor(...given: [] | [number]) {
      super(...(given.length === 0 ? ([RealDate.now() + ms] as const) : given))
    }
    static override now(): number {
      return RealDate.now() + ms
    }
  } as DateConstructor
}

async function carryOut(order: Order): Promise<string> {
  switch (order.do) {
    case 'create':
      return (await storeAt(order.url)).create(order.key, order.body)
    case 'replace':
      return (await storeAt(order.url)).replace(order.key, order.body, order.version)
    case 'drop-privileges':
      if (process.getuid?.() === 0) process.setuid?.(65534)
      return String(process.getuid?.())
    case 'hold-guard':
      await withGuard(order.path, { timeoutMs: 0 }, async () => {
        process.send?.({ value: 'held' })
        await new Promise((resolve) => setTimeout(resolve, 600_000))
      })
      return 'released'
    case 'pass-guard':
      await withGuard(order.path, { timeoutMs: 10_000 }, async () => {
        await appendFile(order.log, `in ${process.pid}\n`)
        await new Promise((resolve) => setTimeout(resolve, 5))
        await appendFile(order.log, `out ${process.pid}\n`)
      })
      return 'passed'
    case 'hold-lease': {
      const store = await storeAt(order.url)
      const timing = { validMs: order.validMs, heartbeatMs: order.validMs / 4 }
      const lease = await acquireLease(store, labName(order.lab), {
        holder: ourselves('holder'),
        command: 'up',
        waitMs: 0,
        timing,
      })
      writer = await openLabWriter(store, lease)
      return String(lease.fence)
    }
    case 'create-record':
      await writer?.create(decided)
      return 'created'
    case 'write-record':
      await writer?.note(order.message)
      return 'written'
    case 'skew-clock':
      skewClock(order.ms)
      return new Date().toISOString()
  }
}

process.on('message', (order: Order) => {
  carryOut(order).then(
    (value) => process.send?.({ value }),
    (error: unknown) => {
      const fault = error instanceof BackendError ? error.fault : { code: String(error) }
      process.send?.({ fault })
    },
  )
})
process.send?.({ value: 'listening' })
