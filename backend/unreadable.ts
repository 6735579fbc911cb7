import { BackendError } from './errors.js'

/**
 * The `record-unreadable` of one document among many, whether it is garbage or we may not read it. Throws
 * every other error, because it concerns the whole store.
 */
export function unreadableOf(error: unknown, lab: string, place: string): BackendError {
  if (!(error instanceof BackendError)) throw error
  if (error.fault.code === 'record-unreadable') return error
  const problems = [problemOf(error)]
  return new BackendError({ code: 'record-unreadable', lab, place, problems }, { cause: error })
}

function problemOf(error: BackendError): string {
  const { fault } = error
  if (fault.code === 'store-unreadable') return `${fault.place}: ${fault.reason}`
  if (fault.code === 'key-invalid') return `${JSON.stringify(fault.key)}: not a name that distrolab gives`
  if (fault.code === 'store-forbidden') return `${fault.place}: lacks ${fault.permission}`
  throw error
}
