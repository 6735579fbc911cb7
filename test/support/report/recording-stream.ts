import { PassThrough } from 'node:stream'

/** A stream that keeps what was written to it, and claims to be a terminal of that width if asked. */
export function recordingStream(columns?: number): { stream: NodeJS.WriteStream; written: () => string } {
  const stream = new PassThrough()
  const chunks: string[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString()))
  const terminal = columns === undefined ? {} : { isTTY: true, columns, rows: 24 }
  return {
    stream: Object.assign(stream, terminal) as unknown as NodeJS.WriteStream,
    written: () => chunks.join(''),
  }
}
