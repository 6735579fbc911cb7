import { BackendError } from './errors.js'
import { assertKey, probeKeys } from './keys.js'
import type { ObjectStore, Skipped } from './store.js'

type Operation = 'create' | 'replace' | 'remove'

/**
 * Finds out whether a server honours conditional writes, by writes that it must refuse. Throws BackendError
 * `store-no-conditions` if it does not: no lock in that bucket would hold. Several commands may probe at
 * once, because a refusal caused by another's write proves the same.
 */
export async function probeConditions(store: ObjectStore, endpoint: string): Promise<void> {
  const none = (operation: Operation): BackendError =>
    new BackendError({ code: 'store-no-conditions', endpoint, operation })
  const version = await probeVersion(store, probeKeys.writes)
  if ((await unlessRefused(() => store.create(probeKeys.writes, probeBody))) !== undefined)
    throw none('create')
  if (version === undefined) return
  const replace = (): Promise<string> => store.replace(probeKeys.writes, probeBody, version)
  await unlessRefused(replace)
  // That version is outdated now, whoever replaced it.
  if ((await unlessRefused(replace)) !== undefined) throw none('replace')
}

/** The same for conditional deletes, which fewer servers support; only `remove` depends on them. */
export async function probeConditionalRemove(store: ObjectStore, endpoint: string): Promise<void> {
  const key = probeKeys.removes
  const version = await probeVersion(store, key)
  if (version === undefined) return
  await unlessRefused(() => store.replace(key, probeBody, version))
  const removed = await unlessRefused(() => store.remove(key, version).then(() => true))
  if (removed === true) throw new BackendError({ code: 'store-no-conditions', endpoint, operation: 'remove' })
}

/** Undefined: another probe was faster, which a server without conditions would not have noticed. */
const probeVersion = async (store: ObjectStore, key: string): Promise<string | undefined> =>
  (await store.get(key))?.version ?? unlessRefused(() => store.create(key, probeBody))

const probeBody = '{"for":"distrolab finds out whether this server keeps conditions"}\n'

async function unlessRefused<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write()
  } catch (error) {
    const code = error instanceof BackendError ? error.fault.code : undefined
    if (code === 'object-exists' || code === 'object-changed') return undefined
    throw error
  }
}

/** A store on a server without a known guarantee: it is probed before its first write, once a process. */
export class ProbedStore implements ObjectStore {
  readonly #probeWrites: () => Promise<void>
  readonly #probeRemoves: () => Promise<void>

  constructor(
    private readonly store: ObjectStore,
    endpoint: string,
  ) {
    this.#probeWrites = onceDone(() => probeConditions(store, endpoint))
    this.#probeRemoves = onceDone(() => probeConditionalRemove(store, endpoint))
  }

  /** Does now what the first write would do, unless it is already done. Throws `store-no-conditions`. */
  probe(): Promise<void> {
    return this.#probeWrites()
  }

  get kind(): ObjectStore['kind'] {
    return this.store.kind
  }
  get url(): string {
    return this.store.url
  }
  get(key: string): ReturnType<ObjectStore['get']> {
    return this.store.get(key)
  }
  now(): Promise<Date> {
    return this.store.now()
  }
  discard(key: string): Promise<void> {
    return this.store.discard(key)
  }

  /** Without the probes' own keys. */
  async list(prefix: string, skipped?: Skipped): Promise<string[]> {
    const probes: string[] = Object.values(probeKeys)
    return (await this.store.list(prefix, skipped)).filter((key) => !probes.includes(key))
  }

  async create(key: string, body: string): Promise<string> {
    assertKey(key)
    await this.#probeWrites()
    return this.store.create(key, body)
  }

  async replace(key: string, body: string, version: string): Promise<string> {
    assertKey(key)
    await this.#probeWrites()
    return this.store.replace(key, body, version)
  }

  /** Checks first, because versitygw 1.8.0 answers a conditional delete of nothing with success. */
  async remove(key: string, version: string): Promise<void> {
    assertKey(key)
    await this.#probeWrites()
    await this.#probeRemoves()
    const stored = await this.store.get(key)
    if (stored?.version !== version) throw new BackendError({ code: 'object-changed', key })
    await this.store.remove(key, version)
  }
}

/** Runs an action until it has succeeded once: a probe without an answer proved nothing, and runs again. */
function onceDone(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= action().catch((error: unknown) => {
      running = undefined
      throw error
    })
    return running
  }
}
