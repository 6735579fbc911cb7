import prettyBytes from 'pretty-bytes'

/** Describes a running transfer: how much is done, and how fast since it began here. */
export class Rate {
  #first: { readonly at: number; readonly done: number } | undefined

  /** `12.1 MB of 480 MB, 3.2 MB/s`; `done` and `total` in bytes, `at` in milliseconds. */
  text(done: number, total: number | undefined, at = performance.now()): string {
    // What an earlier, interrupted command transferred counts as done, but not as speed.
    this.#first ??= { at, done }
    const seconds = (at - this.#first.at) / 1000
    const moved = done - this.#first.done
    const rate = seconds > 0 && moved > 0 ? `, ${prettyBytes(moved / seconds)}/s` : ''
    return `${prettyBytes(done)}${total === undefined ? '' : ` of ${prettyBytes(total)}`}${rate}`
  }
}
