import { mkdir } from 'node:fs/promises'
import { errnoOf, writeFailure } from './errors.js'

/** Makes a folder and those above it. Throws disk-full or place-unwritable. */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode })
  } catch (error) {
    throw writeFailure(await trueReason(error, folder), folder)
  }
}

/** On a read-only file system Node's recursive mkdir says ENOENT (seen with Node 20); a plain one says EROFS. */
async function trueReason(error: unknown, folder: string): Promise<unknown> {
  if (errnoOf(error) !== 'ENOENT') return error
  return mkdir(folder).then(
    () => error,
    (plain: unknown) => plain,
  )
}
