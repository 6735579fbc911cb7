/**
 * A field of an error that an SDK threw. Checks the shape, because classes differ between realms and
 * versions.
 */
export const property = (thing: unknown, name: string): unknown =>
  typeof thing === 'object' && thing !== null ? (thing as Readonly<Record<string, unknown>>)[name] : undefined

/** A server answered, with any status. */
export const isAnswer = (error: unknown): boolean =>
  property(property(error, '$metadata'), 'httpStatusCode') !== undefined

/** One line. A connection tried over several addresses keeps its reasons inside. */
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

/**
 * The SDKs' own words, for wrapped errors that lost their code (the AWS SDK wraps errors of other realms).
 */
const networkWords =
  /socket hang up|premature close|\baborted\b|\bE(?:CONN\w+|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN)\b/i

/** The failure on the way to the server, if it was one: by the system's code, or the SDK's class or words. */
export function networkReason(error: unknown): string | undefined {
  if (!isAnswer(error) && networkWords.test(messageOf(error))) return messageOf(error)
  const codes = [property(error, 'code'), property(error, 'name'), property(property(error, 'cause'), 'code')]
  const inner = property(error, 'errors')
  if (Array.isArray(inner)) codes.push(...inner.map((one: unknown) => property(one, 'code')))
  const found = codes.find((code) => typeof code === 'string' && networkCodes.has(code))
  return found === undefined ? undefined : messageOf(error)
}

/** Throttling and the server's own trouble; 501 is permanent. */
export function statusReason(status: number | undefined, name: string): string | undefined {
  if (status === undefined || (status !== 429 && status !== 408 && status < 500) || status === 501)
    return undefined
  return `HTTP ${status}${name === '' ? '' : ` (${name})`}`
}
