import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Times of a bucket in the same region for one request; S3 returns a thousand keys a page. In milliseconds.
 */
const ANSWER_MS = 30
const PAGE = 1000

export interface BenchBucket {
  readonly backend: string
  readonly objects: Map<string, string>
  close(): void
}

/** The part of S3 that a listing of labs needs, in this process. */
export async function openBucket(): Promise<BenchBucket> {
  const objects = new Map<string, string>()
  const server = createServer((request, response) => void answer(objects, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    backend: `s3://labs?region=eu-west-1&endpoint=http://127.0.0.1:${port}&path-style=true`,
    objects,
    close: () => server.close(),
  }
}

async function answer(
  objects: Map<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body: Buffer[] = []
  for await (const chunk of request) body.push(chunk as Buffer)
  await sleep(ANSWER_MS)
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost')
  const key = pathname.replace(/^\/labs\/?/, '')
  if (searchParams.has('list-type')) {
    response.setHeader('content-type', 'application/xml').end(listing(objects, searchParams))
    return
  }
  const stored = objects.get(key)
  if (request.method === 'PUT') {
    const { 'if-none-match': absent, 'if-match': version } = request.headers
    const holds =
      (absent === undefined || stored === undefined) && (version === undefined || version === etagOf(stored))
    if (holds) objects.set(key, Buffer.concat(body).toString())
    response
      .writeHead(holds ? 200 : 412, { etag: etagOf(objects.get(key)) })
      .end(holds ? '' : '<Error><Code>PreconditionFailed</Code></Error>')
    return
  }
  if (stored === undefined) response.writeHead(404).end('<Error><Code>NoSuchKey</Code></Error>')
  else response.writeHead(200, { etag: etagOf(stored) }).end(request.method === 'HEAD' ? '' : stored)
}

const etagOf = (text = ''): string => `"${createHash('md5').update(text).digest('hex')}"`

function listing(objects: ReadonlyMap<string, string>, parameters: URLSearchParams): string {
  const prefix = parameters.get('prefix') ?? ''
  const after = parameters.get('continuation-token') ?? ''
  const keys = [...objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
  const page = keys.slice(0, PAGE)
  const more = keys.length > PAGE
  const next = more ? `<NextContinuationToken>${page.at(-1) ?? ''}</NextContinuationToken>` : ''
  const contents = page.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')
  return `<?xml version="1.0"?><ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents}</ListBucketResult>`
}
