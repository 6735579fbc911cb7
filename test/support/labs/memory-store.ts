import { BackendError } from '../../../backend/errors.js'
import type { ObjectStore, StoredObject } from '../../../backend/store.js'

/** A store that is quick enough for thousands of labs, and gone with the test. */
export class MemoryStore implements ObjectStore {
  readonly kind = 'directory'
  readonly url = 'memory:'
  readonly #objects = new Map<string, StoredObject>()
  #writes = 0

  async get(key: string): Promise<StoredObject | undefined> {
    return this.#objects.get(key)
  }

  async create(key: string, body: string): Promise<string> {
    if (this.#objects.has(key)) throw new BackendError({ code: 'object-exists', key })
    return this.#write(key, body)
  }

  async replace(key: string, body: string, version: string): Promise<string> {
    this.#assertVersion(key, version)
    return this.#write(key, body)
  }

  async remove(key: string, version: string): Promise<void> {
    this.#assertVersion(key, version)
    this.#objects.delete(key)
  }

  async discard(key: string): Promise<void> {
    this.#objects.delete(key)
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort()
  }

  async now(): Promise<Date> {
    return new Date()
  }

  #assertVersion(key: string, version: string): void {
    if (this.#objects.get(key)?.version !== version) throw new BackendError({ code: 'object-changed', key })
  }

  #write(key: string, body: string): string {
    const version = String(++this.#writes)
    this.#objects.set(key, { body, version })
    return version
  }
}
