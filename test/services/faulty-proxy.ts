import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, request as secureRequest } from 'node:https'
import { buffer } from 'node:stream/consumers'

/**
 * What can go wrong between us and a server. `before`: the server never sees the request; `after`: the server
 * carries it out, but its answer is lost or falsified. `silent` never answers; `late` carries the request out
 * silently, after a while.
 */
export type Fault =
  | 'reset before'
  | 'reset after'
  | 'silent before'
  | 'silent after'
  | 'late'
  | 'half an answer'
  | {
      readonly status: number
      readonly when: 'before' | 'after'
      readonly headers?: Record<string, string>
      readonly body?: string
    }

export interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  /** AWS's action is in here, for services without a path of their own. */
  readonly body: string
}

/** Undefined: this request passes unchanged. `n` counts from 0. */
export type Plan = (seen: Seen, n: number) => Fault | undefined

const LATE_MS = 700

/** A real HTTP server on loopback in front of another one, which passes requests on as planned. */
export class FaultyProxy {
  /** Everything since the last `plan`. */
  seen: Seen[] = []
  #plan: Plan = () => undefined
  #rewrite: (seen: Seen) => Seen = (seen) => seen

  private constructor(
    private readonly target: URL,
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
    private readonly certificate: string | undefined,
  ) {}

  /** `secure`: it and the server behind it use HTTPS, both with this certificate. */
  static async start(
    target: string,
    secure?: { readonly key: string; readonly certificate: string },
  ): Promise<FaultyProxy> {
    const server =
      secure === undefined
        ? createServer()
        : createSecureServer({ key: secure.key, cert: secure.certificate })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new TypeError('a port is a number')
    const scheme = secure === undefined ? 'http' : 'https'
    const url = `${scheme}://127.0.0.1:${address.port}`
    const proxy = new FaultyProxy(new URL(target), server, url, secure?.certificate)
    server.on('request', (incoming, outgoing) => {
      proxy.#serve(incoming, outgoing).catch(() => outgoing.destroy())
    })
    return proxy
  }

  plan(plan: Plan): void {
    this.seen = []
    this.#plan = plan
  }

  /** The fault once, on the first matching request. */
  once(fault: Fault, matches: (seen: Seen) => boolean = () => true): void {
    let isDone = false
    this.plan((seen) => {
      if (isDone || !matches(seen)) return undefined
      isDone = true
      return fault
    })
  }

  /** Changes every request on its way, to imitate a server that does not support some header or parameter. */
  rewrite(rewrite: (seen: Seen) => Seen): void {
    this.#rewrite = rewrite
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const { method = '', url = '', headers } = incoming
    const seen = { method, url, headers, body: body.toString('latin1') }
    const fault = this.#plan(seen, this.seen.length)
    this.seen.push(seen)
    if (fault === 'reset before') return void incoming.socket.destroy()
    if (fault === 'silent before') return
    if (typeof fault === 'object' && fault.when === 'before') return void answer(outgoing, fault)
    if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, LATE_MS))
    const response = await this.#forward(this.#rewrite(seen), body)
    const content = await buffer(response)
    if (fault === 'silent after' || fault === 'late') return
    if (fault === 'reset after') return void incoming.socket.destroy()
    if (typeof fault === 'object') return void answer(outgoing, fault)
    outgoing.writeHead(response.statusCode ?? 502, response.headers)
    if (fault !== 'half an answer') return void outgoing.end(content)
    outgoing.flushHeaders()
    outgoing.write(content.subarray(0, content.length / 2), () => incoming.socket.destroy())
  }

  async #forward({ method, url, headers }: Seen, body: Buffer): Promise<IncomingMessage> {
    const { hostname, port } = this.target
    // The Host header must stay the one that the client signed.
    const asked = { hostname, port, method, path: url, headers, agent: false } as const
    const { certificate: ca } = this
    const forwarded = ca === undefined ? request(asked) : secureRequest({ ...asked, ca })
    forwarded.end(body)
    const [response] = (await once(forwarded, 'response')) as [IncomingMessage]
    return response
  }
}

const answer = (
  outgoing: ServerResponse,
  { status, headers = {}, body = '' }: Exclude<Fault, string>,
): void => void outgoing.writeHead(status, headers).end(body)
