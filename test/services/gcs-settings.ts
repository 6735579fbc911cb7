import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'

type Settings = Record<string, unknown>

/**
 * Buckets without objects, whose settings behave like Cloud Storage's: a PATCH merges (RFC 7396) what it
 * names. fake-gcs-server supports only versioning.
 */
export class GcsSettings {
  readonly buckets = new Map<string, Settings>()
  /** How often a change was requested. */
  changes = 0

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
  ) {}

  static async start(): Promise<GcsSettings> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new TypeError('a port is a number')
    const settings = new GcsSettings(server, `http://127.0.0.1:${address.port}`)
    server.on('request', (request, response) => {
      const answer = async (): Promise<void> => {
        const body = request.method === 'GET' ? {} : ((await json(request)) as Settings)
        const [status, content] = settings.#answer(request.method ?? '', request.url ?? '', body)
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content))
      }
      answer().catch(() => response.destroy())
    })
    return settings
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }

  #answer(method: string, url: string, body: Settings): [status: number, content: object] {
    const { pathname } = new URL(url, this.url)
    const [, name = '', page] = /^\/storage\/v1\/b\/?([^/]*)\/?(.*)$/.exec(pathname) ?? []
    if (method === 'POST') {
      this.buckets.set(String(body['name']), body)
      return [200, body]
    }
    const found = this.buckets.get(name)
    if (found === undefined)
      return [404, { error: { code: 404, message: 'The specified bucket does not exist.' } }]
    if (page === 'iam') return [200, { bindings: [] }]
    if (method === 'PATCH') {
      this.changes += 1
      this.buckets.set(name, merge(found, body) as Settings)
    }
    return [200, this.buckets.get(name) ?? {}]
  }
}

const isObject = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function merge(old: unknown, change: unknown): unknown {
  if (!isObject(change)) return change
  const merged: Settings = isObject(old) ? { ...old } : {}
  for (const [name, value] of Object.entries(change)) merged[name] = merge(merged[name], value)
  return merged
}
