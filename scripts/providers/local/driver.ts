import type { DriverProgress, InputOf, ResultOf, Verb } from '../../../local-vm/protocol.js'
import { driverProgram } from '../../../stacks/local/driver-program.js'
import { parseDriverLine, type DriverLine } from '../../engine/driver-line.js'
import { LabError } from '../../errors.js'
import { hiddenFromDriver } from '../../env.js'
import { run, RunError } from '../../run.js'

/** Runs one verb of the driver. Throws LabError `driver` with its fault, or `driver-crashed`. */
export async function callDriver<V extends Verb>(
  verb: V,
  input: InputOf<V>,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (progress: DriverProgress) => void } = {},
): Promise<ResultOf[V]> {
  let last: DriverLine | undefined
  try {
    await run(driverProgram.node, [driverProgram.program, verb, JSON.stringify(input)], {
      env: hiddenFromDriver(),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onLine: (text) => {
        const line = parseDriverLine(text)
        if (line?.type === 'progress') options.onProgress?.(line)
        else if (line !== undefined) last = line
      },
    })
  } catch (error) {
    options.signal?.throwIfAborted()
    if (last?.type === 'fault') throw new LabError({ code: 'driver', fault: last }, { cause: error })
    throw new LabError({ code: 'driver-crashed', verb, output: outputOf(error) }, { cause: error })
  }
  if (last?.type !== 'result') throw new LabError({ code: 'driver-crashed', verb, output: 'no result' })
  return last as unknown as ResultOf[V]
}

function outputOf(error: unknown): string {
  if (!(error instanceof RunError)) return String(error)
  const { failure } = error
  return failure.kind === 'spawn-failed' ? failure.reason : failure.stderr
}

/** A step's progress in words, with bytes where the driver knows them. */
export function progressText({ message, done, total }: DriverProgress, bytes: (n: number) => string): string {
  if (done === undefined) return message
  return total === undefined ? `${message} ${bytes(done)}` : `${message} ${bytes(done)} of ${bytes(total)}`
}
