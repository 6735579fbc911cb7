import { LabError } from '../errors.js'
import type { Take } from '../pass-on.js'

/** The result of writing to our standard output. */
let fault: Error | undefined

/**
 * A reader that leaves early, such as `head`, is not a failure: the rest is discarded, and a command that
 * changes a lab continues to its end. Installed once for the whole process.
 */
export function outliveReaders(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') fault ??= error
  })
  process.stderr.on('error', () => undefined)
}

/** Throws LabError output-failed if our standard output could not be written; not if its reader left. */
export async function assertWritten(): Promise<void> {
  await new Promise<void>((resolve) => process.stdout.write('', () => resolve()))
  if (fault !== undefined)
    throw new LabError({ code: 'output-failed', reason: fault.message }, { cause: fault })
}

/** Writes to one of our streams at the speed of its reader; rejects once no one reads. */
export const writerTo =
  (stream: NodeJS.WriteStream): Take =>
  (chunk) =>
    new Promise<void>((resolve, reject) =>
      stream.write(chunk, (error) => (error ? reject(error) : resolve())),
    )
