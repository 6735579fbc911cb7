import { lstat, readdir } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseJson } from '../../backend/parse-json.js'
import { DriverError, errnoOf, writeFailure } from '../errors.js'
import type { MachineFiles } from '../files.js'
import { draftOf, putFile } from './folder.js'
import { readOwnText } from './own-text.js'

/**
 * The id in `machine.json` marks a folder as a machine's own. It is the first file in the folder, and the
 * last.
 */

export const markAsOurs = (id: string, files: MachineFiles): Promise<void> =>
  putFile(files.meta, `${JSON.stringify({ id })}\n`)

/**
 * The folder comes from a record, so nothing is written or removed in it unless it is the machine's own or
 * still empty. Throws machine-folder-foreign. The parent folders are the user's, links included.
 */
export async function assertOwnFolder(id: string, files: MachineFiles): Promise<void> {
  const { directory } = files
  try {
    const reason = await whyForeign(id, files)
    if (reason !== undefined) throw new DriverError({ code: 'machine-folder-foreign', id, directory, reason })
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw writeFailure(error, directory)
  }
}

async function whyForeign(id: string, { directory, meta }: MachineFiles): Promise<string | undefined> {
  const found = await lstat(directory)
  if (found.isSymbolicLink()) return 'it is a symbolic link'
  if (!found.isDirectory()) return 'it is not a folder'
  if (found.uid !== process.geteuid?.()) return `it belongs to the user with id ${found.uid}`
  // A driver that was killed while writing its first file has left only this.
  if ((await readdir(directory)).every((name) => name === basename(draftOf(meta)))) return undefined
  const owner = await ownerIn(meta)
  if (owner === undefined) return 'it has no valid machine.json'
  return owner === id ? undefined : `it belongs to ${owner}`
}

async function ownerIn(meta: string): Promise<string | undefined> {
  const text = await readOwnText(meta).catch(() => undefined)
  const value = text === undefined ? undefined : parseJson(text)
  const hasId = typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string'
  return hasId ? (value.id as string) : undefined
}
