import { readPlainFile, refusalIn } from '../../backend/plain-file.js'
import { DriverError, unlessAbsent } from '../errors.js'

/**
 * The text of one of a machine's own files; undefined if it does not exist. Anything other than a plain file
 * is neither followed nor waited for. Throws place-unreadable.
 */
export async function readOwnText(file: string): Promise<string | undefined> {
  try {
    return await unlessAbsent(file, readPlainFile(file))
  } catch (error) {
    const found = refusalIn(error)
    if (found === undefined) throw error
    throw new DriverError(
      { code: 'place-unreadable', place: file, reason: `it is ${found}` },
      { cause: error },
    )
  }
}
