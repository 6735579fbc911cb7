import { stat } from 'node:fs/promises'
import { BackendError } from './errors.js'
import { systemErrorOf } from './system-error.js'

export const reading = <T>(place: string, action: () => Promise<T>): Promise<T> =>
  explained('store-unreadable', place, action)

export const writing = <T>(place: string, action: () => Promise<T>): Promise<T> =>
  explained('store-unwritable', place, action)

/** Turns file system errors into a BackendError; every other error passes unchanged. */
async function explained<T>(
  code: 'store-unreadable' | 'store-unwritable',
  place: string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action()
  } catch (error) {
    const said = systemErrorOf(error)
    if (said === undefined) throw error
    const reason = `${said.message}${await ownerText(said.code, place)}`
    throw new BackendError({ code, place, reason }, { cause: error })
  }
}

/** The owner, if that may be the reason: on a shared computer each user's records may be private. */
async function ownerText(code: string, place: string): Promise<string> {
  if (code !== 'EACCES') return ''
  const uid = await stat(place).then(
    (found) => found.uid,
    () => undefined,
  )
  return uid === undefined || uid === process.getuid?.() ? '' : `; it belongs to the user with the id ${uid}`
}
