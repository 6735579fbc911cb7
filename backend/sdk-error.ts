/** A field of whatever an SDK threw; their classes differ between realms and versions, so it is told by shape. */
export const property = (thing: unknown, name: string): unknown =>
  typeof thing === 'object' && thing !== null ? (thing as Readonly<Record<string, unknown>>)[name] : undefined

/** A server has answered, with whatever status. */
export const isAnswer = (error: unknown): boolean =>
  property(property(error, '$metadata'), 'httpStatusCode') !== undefined

/** One line; a connection tried over several addresses keeps its reasons inside. */
export function messageOf(error: unknown): string {
  const inner = property(error, 'errors')
  const told = property(error, 'message')
  const first: unknown = Array.isArray(inner) ? inner[0] : undefined
  const message = typeof told === 'string' && told !== '' ? told : String(property(first, 'message') ?? error)
  return message.split('\n')[0] ?? ''
}

const networkCodes = new Set([
  ...['ECONNRESET', 'ECONNREFUSED', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'EAI_AGAIN'],
  ...[
    'ENOTFOUND',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENETDOWN',
    'ERR_STREAM_PREMATURE_CLOSE',
    'HPE_INVALID_CONSTANT',
  ],
  ...['TimeoutError', 'RequestTimeout', 'FetchError'],
])

/** In the SDKs' words, where they wrap the error and its code is lost (the AWS SDK wraps those of other realms). */
const networkWords =
  /socket hang up|premature close|\baborted\b|\bE(?:CONN\w+|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN)\b/i

/** What a failure on the way to the server was, if it was one: by the system's code, or the SDK's class or words. */
export function networkReason(error: unknown): string | undefined {
  if (!isAnswer(error) && networkWords.test(messageOf(error))) return messageOf(error)
  const codes = [property(error, 'code'), property(error, 'name'), property(property(error, 'cause'), 'code')]
  const inner = property(error, 'errors')
  if (Array.isArray(inner)) codes.push(...inner.map((one: unknown) => property(one, 'code')))
  const found = codes.find((code) => typeof code === 'string' && networkCodes.has(code))
  return found === undefined ? undefined : messageOf(error)
}

/** Throttling and whatever is the server's own trouble; 501 is no trouble that passes. */
export function statusReason(status: number | undefined, name: string): string | undefined {
  if (status === undefined || (status !== 429 && status !== 408 && status < 500) || status === 501)
    return undefined
  return `HTTP ${status}${name === '' ? '' : ` (${name})`}`
}
