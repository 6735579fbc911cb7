import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import { machineOf } from '../../lab/target.js'
import { type NetworkSession, onNetwork, tell } from './network-of.js'

export interface CaptureOptions {
  /** Absolute path of the file. */
  readonly out: string
  readonly machine: string | undefined
  readonly maxBytes: number
  /** undefined: until the size is reached, or the command is interrupted. */
  readonly forMs: number | undefined
}

export interface NetCapture {
  readonly lab: string
  /** null: all machines. */
  readonly machine: string | null
  readonly file: string
  readonly bytes: number
  /** `size` or `time`: the limit that ended it. */
  readonly ended: 'size' | 'time' | 'interrupt'
}

/**
 * Writes what the machines of a lab send each other to a file, in the format of libpcap. The lease is held
 * only while the capture is recorded, so that other commands can make the traffic.
 */
export async function netCapture(
  context: Context,
  positional: string | undefined,
  options: CaptureOptions,
): Promise<NetCapture> {
  const on = await onNetwork(
    context,
    positional,
    'net capture',
    (lab) => void (options.machine && machineOf(lab, options.machine)),
    async (begun) => {
      await tell(begun, `began a capture of ${options.machine ?? 'all machines'}`)
      return begun
    },
  )
  return capture(context, on, options)
}

async function capture(
  context: Context,
  { lab, network }: NetworkSession,
  { out, machine, maxBytes, forMs }: CaptureOptions,
): Promise<NetCapture> {
  const { signal } = context.interrupt
  const failed = (reason: string, cause?: unknown): LabError =>
    new LabError({ code: 'capture-failed', lab: lab.lab, file: out, reason }, { cause })
  const file = await openFile(out).catch((error: unknown) => {
    throw failed(String(error instanceof Error ? error.message : error), error)
  })
  const enough = AbortSignal.any([signal, ...(forMs === undefined ? [] : [AbortSignal.timeout(forMs)])])
  context.progress.say(`Capturing ${machine ?? 'all machines'} of ${lab.lab} to ${out}; Ctrl-C ends it.`)
  const ended = await network.capture(lab, { machine, maxBytes }, file, enough)
  if (ended === 'lost') throw failed("the lab's network was stopped; the file has what came before")
  const reason = ended === 'full' ? 'size' : signal.aborted ? 'interrupt' : 'time'
  return { lab: lab.lab, machine: machine ?? null, file: out, bytes: file.bytesWritten, ended: reason }
}

/** Other users cannot read it, whatever the umask. */
async function openFile(path: string): Promise<WriteStream> {
  const file = createWriteStream(path, { mode: 0o600 })
  await once(file, 'open')
  return file
}
