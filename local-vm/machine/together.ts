/**
 * A place where several wait for one another: `arrive` resolves once all have arrived, and rejects for all of them once one
 * cannot come.
 */
export class MeetingPoint {
  readonly #all: Promise<void>
  #settle: { readonly resolve: () => void; readonly reject: (reason: unknown) => void } | undefined
  #missing: number

  constructor(count: number) {
    this.#missing = count
    this.#all = new Promise<void>((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    // Whoever never arrives does not ask.
    this.#all.catch(() => undefined)
  }

  arrive(): Promise<void> {
    this.#missing -= 1
    if (this.#missing === 0) this.#settle?.resolve()
    return this.#all
  }

  cancel(reason: unknown): void {
    this.#settle?.reject(reason)
  }
}

/** The moments at which machines that are reset together wait for one another. */
export interface ResetTogether {
  /** None of them is known to lack a baseline. */
  readonly asked: MeetingPoint
  /** None of them runs any more. */
  readonly stopped: MeetingPoint
  /** Each has loaded its baseline, and stands still. */
  readonly loaded: MeetingPoint
}

export const resetTogether = (count: number): ResetTogether => ({
  asked: new MeetingPoint(count),
  stopped: new MeetingPoint(count),
  loaded: new MeetingPoint(count),
})
