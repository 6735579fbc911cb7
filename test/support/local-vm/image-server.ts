import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** A server of images on loopback that can be slow, break off, redirect, or change its file. */
export class ImageServer {
  /** What is served, by path. */
  readonly files = new Map<string, Buffer>()
  readonly redirects = new Map<string, string>()
  readonly requests: { path: string; range: string | undefined; status: number; bytes: number }[] = []
  /** Bytes of a body after which the connection is cut, for the next `cuts` responses of more than that. */
  cutAfter = Infinity
  cuts = 0
  /** No more of a file than this is ever sent, whatever length was announced. */
  truncateAt = Infinity
  /** Pause after each chunk, in milliseconds. */
  delayMs = 0
  /** Called before each response. */
  onRequest: (path: string) => void = () => undefined
  private readonly server = createServer((request, response) => void this.answer(request, response))

  async start(): Promise<void> {
    this.server.listen(0, '127.0.0.1')
    await once(this.server, 'listening')
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`
  }

  /** Bytes of `path` that were sent in all. */
  sent(path: string): number {
    return this.requests.filter((entry) => entry.path === path).reduce((sum, entry) => sum + entry.bytes, 0)
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    this.onRequest(path)
    const target = this.redirects.get(path)
    if (target !== undefined) return void response.writeHead(302, { location: target }).end()
    const body = this.files.get(path)
    const entry = { path, range: request.headers.range, status: 200, bytes: 0 }
    this.requests.push(entry)
    if (body === undefined) {
      entry.status = 404
      return void response.writeHead(404).end()
    }
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`
    const ifRange = request.headers['if-range']
    const from =
      ifRange === undefined || ifRange === etag
        ? Number(/^bytes=(\d+)-$/.exec(entry.range ?? '')?.[1] ?? 0)
        : 0
    if (from >= body.length) {
      entry.status = 416
      return void response.writeHead(416).end()
    }
    entry.status = from > 0 ? 206 : 200
    const range = from > 0 ? { 'content-range': `bytes ${from}-${body.length - 1}/${body.length}` } : {}
    response.writeHead(entry.status, { etag, 'content-length': body.length - from, ...range })
    await this.send(body.subarray(from), this.truncateAt - from, entry, response)
  }

  private async send(
    body: Buffer,
    most: number,
    entry: { bytes: number },
    response: ServerResponse,
  ): Promise<void> {
    const cut = this.cuts > 0 && body.length > this.cutAfter ? this.cutAfter : Infinity
    if (cut < Infinity) this.cuts--
    for (let at = 0; at < body.length; at += 64 * 1024) {
      if (at >= Math.min(cut, most)) {
        response.flushHeaders()
        await sleep(20)
        return void response.destroy()
      }
      if (response.destroyed) return
      const chunk = body.subarray(at, at + 64 * 1024)
      entry.bytes += chunk.length
      if (!response.write(chunk)) await drained(response)
      if (this.delayMs > 0) await sleep(this.delayMs)
    }
    response.end()
  }
}

/** Until the response takes more, or is closed; leaves no listener behind. */
async function drained(response: ServerResponse): Promise<void> {
  const ended = new AbortController()
  const { signal } = ended
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })])
  ended.abort()
}

/** A real qcow2 file with some content of its own that does not compress. */
export function makeQcow2(megabytes: number): Buffer {
  const name = join(tmpdir(), `distrolab-test-${randomBytes(6).toString('hex')}`)
  writeFileSync(`${name}.raw`, randomBytes(megabytes * 1024 * 1024))
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', `${name}.raw`, `${name}.qcow2`])
  const bytes = readFileSync(`${name}.qcow2`)
  rmSync(`${name}.raw`)
  rmSync(`${name}.qcow2`)
  return bytes
}

export const sha256 = (body: Buffer): string => digest('sha256', body)

export const digest = (algorithm: 'sha256' | 'sha512', body: Buffer): string =>
  createHash(algorithm).update(body).digest('hex')
