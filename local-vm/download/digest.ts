import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** The hex digest of a file. */
export async function digestOf(file: string, algorithm: string): Promise<string> {
  const hash = createHash(algorithm)
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 }))
    hash.update(chunk as Buffer)
  return hash.digest('hex')
}
