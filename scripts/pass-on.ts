import type { Readable } from 'node:stream'

/**
 * Accepts a piece of output. If it returns a promise, it gets no more until the promise resolves; a rejection
 * means that no one accepts any more.
 */
export type Take = (chunk: Buffer) => unknown

/**
 * Passes everything from `source` to `take`, no faster than it accepts it. `onLeft`: it accepts no more, and
 * the rest is discarded.
 */
export function passOn(source: Readable, take: Take, onLeft: () => void): void {
  let hasLeft = false
  const leave = (): void => {
    if (hasLeft) return
    hasLeft = true
    source.resume()
    onLeft()
  }
  source.on('data', (chunk: Buffer) => {
    if (hasLeft) return
    const taken = take(chunk)
    if (!(taken instanceof Promise)) return
    source.pause()
    taken.then(() => source.resume(), leave)
  })
}
