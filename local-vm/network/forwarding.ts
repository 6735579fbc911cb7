import { isForMany, sourceOf, targetOf } from './frames.js'
import { isBroken, type Pair } from './pairs.js'

/** A guest can invent addresses; the table does not grow with them. */
const MOST_ADDRESSES = 4096

/** Decides like any Ethernet switch which ports get a frame, except those separated from its sender. */
export class Forwarding<Port extends { readonly name: string }> {
  readonly #places = new Map<number, Port>()
  broken: readonly Pair[] = []

  /** Learns where the sender is. `ports`: all that are connected. */
  targetsOf(frame: Buffer, from: Port, ports: Iterable<Port>): Port[] {
    this.#learn(sourceOf(frame), from)
    const target = targetOf(frame)
    const known = isForMany(target) ? undefined : this.#places.get(target)
    const candidates = known === undefined ? [...ports] : [known]
    return candidates.filter((to) => to !== from && !isBroken(this.broken, from.name, to.name))
  }

  forget(port: Port): void {
    for (const [address, place] of this.#places) if (place === port) this.#places.delete(address)
  }

  #learn(source: number, from: Port): void {
    if (isForMany(source) || this.#places.get(source) === from) return
    if (this.#places.size >= MOST_ADDRESSES) this.#places.clear()
    this.#places.set(source, from)
  }
}
