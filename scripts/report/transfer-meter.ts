import { Rate } from '../images/rate.js'
import type { Progress } from './progress.js'

/** A transfer that ends within this time needs no progress. */
const SILENT_MS = 2_000
const REDRAW_MS = 500

/** Shows a longer transfer with its speed; only at a terminal, because a log does not need it. */
export class TransferMeter {
  readonly #rate = new Rate()
  readonly #began: number
  #bytes = 0
  #drawn: number | undefined

  constructor(
    private readonly progress: Progress,
    private readonly what: string,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.#began = now()
    this.#rate.text(0, undefined, this.#began)
  }

  add(bytes: number): void {
    this.#bytes += bytes
    const at = this.now()
    if (at - (this.#drawn ?? this.#began + SILENT_MS - REDRAW_MS) < REDRAW_MS) return
    if (this.#drawn === undefined) this.progress.beginStep(this.what, 1, 1)
    this.#drawn = at
    this.progress.detail(this.#rate.text(this.#bytes, undefined, at))
  }

  end(): void {
    if (this.#drawn !== undefined) this.progress.endStep()
  }

  fail(): void {
    if (this.#drawn !== undefined) this.progress.failStep()
  }
}
