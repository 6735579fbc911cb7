import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf, writeFailure } from '../errors.js'

/** The mode of the driver's files: other users can read none of them, whatever the umask. */
export const PRIVATE_FILE = 0o600

/** Makes a folder and its parents, private to the user. Throws disk-full or place-unwritable. */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw writeFailure(await trueReason(error, folder), folder)
  }
}

/**
 * On a read-only file system Node's recursive mkdir reports ENOENT (seen with Node 20); a plain one reports
 * EROFS.
 */
async function trueReason(error: unknown, folder: string): Promise<unknown> {
  if (errnoOf(error) !== 'ENOENT') return error
  return mkdir(folder).then(
    () => error,
    (plain: unknown) => plain,
  )
}

/** Writes a file completely or not at all. Throws disk-full or place-unwritable. */
export async function putFile(file: string, text: string): Promise<void> {
  const draft = draftOf(file)
  try {
    await rm(draft, { force: true })
    await writeFile(draft, text, { flag: 'wx', mode: PRIVATE_FILE })
    await rename(draft, file)
  } catch (error) {
    throw writeFailure(error, dirname(file))
  }
}

/** What a killed `putFile` leaves behind. */
export const draftOf = (file: string): string => `${file}.draft`
