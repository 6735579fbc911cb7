import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BackendError, type BackendFault } from '../../../backend/errors.js'
import { readHistory } from '../../../backend/events.js'
import { isLabName, type LabName } from '../../../backend/lab-name.js'
import { directoryLocation } from '../../../backend/location.js'
import { openStore } from '../../../backend/open-store.js'
import { currentProcess } from '../../../backend/process-identity.js'
import { acquireLease, type Lease } from '../../../backend/lease.js'
import type { LeaseToken } from '../../../backend/lease-token.js'
import type { Decided, Holder, LabEvent } from '../../../backend/record-schema.js'
import type { ObjectStore } from '../../../backend/store.js'

export const temporaryFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'distrolab-backend-'))

export const storeIn = (folder: string): Promise<ObjectStore> => openStore(directoryLocation(folder))

export const temporaryStore = async (): Promise<ObjectStore> => storeIn(await temporaryFolder())

export function labName(text: string): LabName {
  if (isLabName(text)) return text
  throw new TypeError(`not a lab name: ${text}`)
}

/** This very process as a holder. */
export const ourselves = (user = 'anna'): Holder => ({ user, ...currentProcess() })

/** A living holder on another computer: nothing can be proven about its process. */
export const elsewhere: Holder = { user: 'ci', host: 'runner-7', boot: 'other/boot', pid: 42, startTime: '1' }

/** What a holder would lend of its lease. */
export const tokenOf = ({ lab, fence }: Lease): LeaseToken => ({ lab, fence, backend: '0a', lender: 1 })

const make = {
  distro: 'debian-13',
  size: { instanceType: '2x2048', vcpus: 2, memoryMiB: 2048, diskGiB: 10 },
  image: null,
}

export const decided: Decided = {
  profile: 'debian-local',
  provider: 'local',
  region: 'local',
  ...make,
  machines: [
    {
      name: 'main',
      id: 'distrolab-demo-main',
      address: null,
      port: null,
      user: 'debian',
      hostKey: null,
      ...make,
    },
  ],
  sshKey: { publicKey: 'ssh-ed25519 AAAA', source: 'generated' },
  tags: { 'distrolab-lab': 'demo' },
  owner: { user: 'anna', host: 'laptop' },
  expiresAt: null,
  costPerHourUsd: 0,
  engine: null,
}

/** The fault of a promise that must be rejected with a BackendError. */
export async function faultOf(promise: Promise<unknown>): Promise<BackendFault> {
  try {
    await promise
  } catch (error) {
    if (error instanceof BackendError) return error.fault
    throw error
  }
  throw new Error('expected a BackendError, but nothing was thrown')
}

/** The same store seen by a computer whose store clock can be moved, or whose writes can be made to fail. */
export function disturbed(
  store: ObjectStore,
  changes: { readonly now?: () => Promise<Date>; readonly beforeWrite?: (key: string) => Promise<void> },
): ObjectStore {
  const before = changes.beforeWrite ?? (async () => undefined)
  return {
    kind: store.kind,
    url: store.url,
    get: (key) => store.get(key),
    list: (prefix, skipped) => store.list(prefix, skipped),
    now: changes.now ?? (() => store.now()),
    create: async (key, body) => (await before(key), store.create(key, body)),
    replace: async (key, body, version) => (await before(key), store.replace(key, body, version)),
    remove: async (key, version) => (await before(key), store.remove(key, version)),
    discard: async (key) => (await before(key), store.discard(key)),
  }
}

/** The store as seen when its clock has moved on by that much. */
export const later = (store: ObjectStore, ms: number): ObjectStore =>
  disturbed(store, { now: async () => new Date((await store.now()).getTime() + ms) })

/** Events as `from>to`. */
export const arrowsOf = (events: readonly LabEvent[]): string[] =>
  events.map(({ from, to }) => `${from ?? '-'}>${to}`)

/** A lab's history as `from>to`. */
export const pathOf = async (store: ObjectStore, lab: LabName): Promise<string[]> =>
  arrowsOf((await readHistory(store, lab)).events)

/** The lease of this very process, if it is free. */
export const takeLease = (store: ObjectStore, lab: LabName, command: string): Promise<Lease> =>
  acquireLease(store, lab, { holder: ourselves(), command, waitMs: 0 })
