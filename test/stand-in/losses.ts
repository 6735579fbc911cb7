/** How an answer to what was carried out is lost: the connection breaks, or something in between says 503. */
export type Loss = 'reset' | '503'

/** Counts what changes something at a cloud, and tells which answer is lost. */
export class Losses {
  #count = 0
  #at: number | undefined
  #loss: Loss = 'reset'
  #lost: string | undefined

  /** So many changes were asked for since the last plan. */
  get count(): number {
    return this.#count
  }

  /** Whether the planned answer was lost. */
  get isDone(): boolean {
    return this.#lost !== undefined
  }

  /** `at`: the change whose answer is lost, from 0; undefined: none is. */
  plan(at?: number, loss: Loss = 'reset'): void {
    this.#count = 0
    this.#lost = undefined
    this.#at = at
    this.#loss = loss
  }

  /** `change`: what is asked for. Asked for again, it has no answer either. */
  of(change: string): Loss | undefined {
    if (change === this.#lost) return this.#loss
    if (this.#count++ !== this.#at) return undefined
    this.#lost = change
    return this.#loss
  }
}
