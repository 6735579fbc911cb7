import { appendFile } from 'node:fs/promises'
import { BackendError } from '../../backend/errors.js'
import { withGuard } from '../../backend/guard.js'
import { acquireLease } from '../../backend/lease.js'
import { openLabWriter } from '../../backend/lab-writer.js'
import { directoryLocation } from '../../backend/location.js'
import { openStore } from '../../backend/open-store.js'
import { labName, ourselves } from './support.js'

/** What a test asks of a child process; the answer is `{ value }` or `{ fault }`. */
export type Order =
  | { readonly do: 'create'; readonly folder: string; readonly key: string; readonly body: string }
  | {
      readonly do: 'replace'
      readonly folder: string
      readonly key: string
      readonly body: string
      readonly version: string
    }
  | { readonly do: 'drop-privileges' }
  | { readonly do: 'hold-guard'; readonly path: string }
  | { readonly do: 'pass-guard'; readonly path: string; readonly log: string }
  | { readonly do: 'hold-lease'; readonly folder: string; readonly lab: string; readonly validMs: number }
  | { readonly do: 'write-record'; readonly message: string }

type Writer = Awaited<ReturnType<typeof openLabWriter>>
let writer: Writer | undefined

async function carryOut(order: Order): Promise<string> {
  switch (order.do) {
    case 'create':
      return (await openStore(directoryLocation(order.folder))).create(order.key, order.body)
    case 'replace':
      return (await openStore(directoryLocation(order.folder))).replace(order.key, order.body, order.version)
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
      const store = await openStore(directoryLocation(order.folder))
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
    case 'write-record':
      await writer?.note(order.message)
      return 'written'
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
