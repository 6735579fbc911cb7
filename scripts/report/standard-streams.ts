import { LabError } from '../errors.js'
import type { Take } from '../pass-on.js'

/** What came of writing to our standard output. */
let fault: Error | undefined

/**
 * A reader that leaves early, such as `head`, is no failure: what it did not wait for goes nowhere, and a command that
 * changes a lab goes on to its end. For the whole process, once.
 */
export function outliveReaders(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') fault ??= error
  })
  process.stderr.on('error', () => undefined)
}

/** Throws LabError output-failed where our standard output could not be written; not where its reader left. */
export async function assertWritten(): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  if (fault !== undefined)
    throw new LabError({ code: 'output-failed', reason: fault.message }, { cause: fault })
}

/** Writes to a stream of ours at the speed of whoever reads it; rejects once nobody does. */
export const writerTo =
  (stream: NodeJS.WriteStream): Take =>
  (chunk) =>
    new Promise<void>((resolve, reject) =>
      stream.write(chunk, (error) => (error ? reject(error) : resolve())),
    )
