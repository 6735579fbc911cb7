/**
 * How the answer to a completed request is lost: the connection breaks, or something in between answers 503.
 */
export type Loss = 'reset' | '503'

/** Counts the changes at a cloud, and says which answer is lost. */
export class Losses {
  #count = 0
  #at: number | undefined
  #loss: Loss = 'reset'
  #lost: string | undefined

  /** How many changes were requested since the last plan. */
  get count(): number {
    return this.#count
  }

  /** Whether the planned answer was lost. */
  get isDone(): boolean {
    return this.#lost !== undefined
  }

  /** `at`: the change whose answer is lost, from 0; undefined: none. */
  plan(at?: number, loss: Loss = 'reset'): void {
    this.#count = 0
    this.#lost = undefined
    this.#at = at
    this.#loss = loss
  }

  /** `change`: the request. A repetition of it gets no answer either. */
  of(change: string): Loss | undefined {
    if (change === this.#lost) return this.#loss
    if (this.#count++ !== this.#at) return undefined
    this.#lost = change
    return this.#loss
  }
}
