import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'

const LONGEST = 500

/** The first line that a guest writes, made fit for a message; undefined if it is silent for `withinMs` or its QEMU ends. */
export function firstLine(
  socket: Socket,
  withinMs: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const lines = createInterface({ input: socket })
    const timer = setTimeout(() => settle(undefined), withinMs)
    const onAbort = (): void => {
      end()
      reject(signal.reason as Error)
    }
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      lines.close()
    }
    const settle = (line: string | undefined): void => {
      end()
      resolve(
        line
          ?.replaceAll(/[^\x20-\x7e]/g, ' ')
          .slice(0, LONGEST)
          .trim(),
      )
    }
    lines.once('line', settle)
    socket.once('close', () => settle(undefined))
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) onAbort()
  })
}
