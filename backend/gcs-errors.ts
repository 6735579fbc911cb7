import type { BucketRequest, Trouble } from './bucket.js'
import { forbidden, lasting } from './bucket-answers.js'
import { credentialWords } from './credential-words.js'
import { messageOf, networkReason, property, statusReason } from './sdk-error.js'

/** A missing bucket is also answered by 404; only the words tell. */
const isBucketMissing = (error: unknown): boolean => /bucket does not exist/i.test(wordsOf(error))

/** A server that answers with a web page is not the store. */
const isPage = (error: unknown): boolean => /<html|<!doctype/i.test(String(property(error, 'message')))

export const isAbsent = (error: unknown): boolean =>
  statusOf(error) === 404 && !isBucketMissing(error) && !isPage(error)

export const isRefused = (error: unknown): boolean => statusOf(error) === 412 || isAbsent(error)

const permissions = {
  read: 'storage.objects.get',
  // Overwriting needs both (https://cloud.google.com/storage/docs/access-control/iam-json).
  write: 'storage.objects.create and storage.objects.delete',
  remove: 'storage.objects.delete',
  list: 'storage.objects.list',
  date: 'storage.objects.get',
} as const satisfies Record<BucketRequest['operation'], string>

const unauthorised = new WeakSet<object>()

/** Throws an error that happened before the request was sent, in a form that is recognised again. */
export function ofCredentials(error: unknown): never {
  if (typeof error === 'object' && error !== null) unauthorised.add(error)
  throw error
}

const isOfCredentials = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && unauthorised.has(error)

/** What google-auth-library says if no one is logged in, or the login has expired. */
const loginWords =
  /default credentials|invalid_grant|invalid_rapt|rapt_required|reauth|refresh token|private key|No such file or directory.*credentials|the file at .* does not exist/i

/** Who, and what. */
const FORBIDDEN = /([\w.@:/+-]{1,512}) does not have (storage\.[\w.]{1,128}) access/

export function explainGcsError(
  error: unknown,
  request: BucketRequest,
  bucket: string,
  place: string,
): Trouble {
  const status = statusOf(error)
  const words = wordsOf(error)
  if (status === 401 || (status !== 403 && loginWords.test(words))) return noCredentials(words)
  const reason = networkReason(error) ?? statusReason(status, '')
  if (reason === undefined && isOfCredentials(error)) return noCredentials(words)
  if (reason !== undefined) return { kind: 'passing', reason }
  // A list of nothing is empty; it is 404 only if the bucket does not exist, whatever the words.
  if (status === 404 && (request.operation === 'list' || isBucketMissing(error)))
    return lasting({ code: 'store-missing', bucket })
  if (status === 403) return forbidden(FORBIDDEN.exec(words), request, place, permissions)
  const code =
    request.operation === 'read' || request.operation === 'list' ? 'store-unreadable' : 'store-unwritable'
  return lasting({ code, place, reason: status === undefined ? words : `HTTP ${status}: ${words}` })
}

const noCredentials = (words: string): Trouble =>
  lasting({ code: 'store-credentials', kind: 'gcs', reason: credentialWords(words) })

/** The SDK's `code` is an HTTP status, or a word if the failure came before one. */
export function statusOf(error: unknown): number | undefined {
  const code = property(error, 'code')
  const status = typeof code === 'number' || typeof code === 'string' ? Number(code) : NaN
  return Number.isInteger(status) ? status : undefined
}

/** If a download fails, the message is the answer's body: JSON or plain words. */
function wordsOf(error: unknown): string {
  const whole = String(property(error, 'message') ?? error)
  const inBody = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(whole)?.[1]
  return inBody ?? messageOf(error)
}

/** Of a response in either of the SDK's forms: plain object, or fetch's Headers. */
export function responseHeader(response: unknown, name: string): string | undefined {
  const headers = property(response, 'headers')
  const plain = property(headers, name)
  if (typeof plain === 'string') return plain
  const get = property(headers, 'get')
  const got: unknown = typeof get === 'function' ? get.call(headers, name) : undefined
  return typeof got === 'string' ? got : undefined
}
