import type { Readable } from 'node:stream'

/**
 * Takes a piece of output. One that answers with a promise is given no more before that has resolved; a rejection says
 * that nobody takes any more.
 */
export type Take = (chunk: Buffer) => unknown

/**
 * Gives all that comes from `source` to `take`, no faster than it takes it. `onLeft`: it takes no more, and what still
 * comes is thrown away.
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
