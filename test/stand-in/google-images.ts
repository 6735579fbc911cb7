import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'

export interface StandInImage {
  readonly name: string
  readonly family?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly guestOsFeatures?: readonly { readonly type: string }[]
  readonly rawDisk: { readonly source: string }
  readonly diskSizeGb: string
}

interface Refusal {
  readonly method: string
  readonly status: number
  readonly message: string
  readonly reason: string
}

type Answer = readonly [status: number, body: object]

const PROJECT = 'lab-project'
const DONE = { kind: 'compute#operation', name: 'operation-1', status: 'DONE', progress: 100 }

/** The images of a project in Google's Compute API: it accepts only disks packed as Google requires. */
export class GoogleImages {
  readonly images = new Map<string, StandInImage>()
  /** The archives of the images, by the image's name. */
  readonly archives = new Map<string, Buffer>()
  readonly asked: string[] = []
  #refusal: Refusal | undefined

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    /** The server with the buckets. */
    private readonly storage: string,
  ) {}

  static async start(storage: string): Promise<GoogleImages> {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const google = new GoogleImages(server, storage)
    server.on('request', (request, response) => {
      google.#answer(request).then(
        ([status, body]) =>
          void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
        () => response.destroy(),
      )
    })
    return google
  }

  /** For our own client, and for OpenTofu's provider. */
  get env(): Readonly<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo
    return {
      GOOGLE_COMPUTE_CUSTOM_ENDPOINT: `http://127.0.0.1:${port}/compute/v1/`,
      GOOGLE_OAUTH_ACCESS_TOKEN: 'token-of-tests',
      GOOGLE_PROJECT: PROJECT,
    }
  }

  /** Every request with this method from now on. */
  refuse(method: string, status: number, reason: string, message: string): void {
    this.#refusal = { method, status, reason, message }
  }

  obey(): void {
    this.#refusal = undefined
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { method = '', url = '' } = request
    const [, path = ''] = /\/projects\/lab-project\/?([^?]*)/.exec(url) ?? []
    this.asked.push(`${method} ${path}`)
    const body = method === 'POST' && path === 'global/images' ? await json(request) : undefined
    if (this.#refusal?.method === method) {
      const { status, reason, message } = this.#refusal
      return failure(status, message, reason)
    }
    if (path.startsWith('aggregated/')) return [200, { items: {} }]
    if (path === '') return [200, { kind: 'compute#project', name: PROJECT }]
    if (path.startsWith('global/operations/')) return [200, DONE]
    if (body !== undefined) return this.#insert(body as Omit<StandInImage, 'diskSizeGb'>)
    const name = path.split('/').at(-1) ?? ''
    const image = path.startsWith('global/images/family/')
      ? [...this.images.values()].find(({ family }) => family === name)
      : this.images.get(name)
    if (image === undefined) return failure(404, `The resource '${path}' was not found`, 'notFound')
    if (method !== 'DELETE') return [200, { kind: 'compute#image', status: 'READY', ...image, selfLink: url }]
    this.images.delete(name)
    return [200, DONE]
  }

  async #insert(image: Omit<StandInImage, 'diskSizeGb'>): Promise<Answer> {
    if (this.images.has(image.name)) return failure(409, `'${image.name}' already exists`, 'alreadyExists')
    const [, bucket = '', object = ''] =
      /^https:\/\/storage\.googleapis\.com\/([^/]+)\/(.+)$/.exec(image.rawDisk.source) ?? []
    const place = `${this.storage}/storage/v1/b/${bucket}/o/${encodeURIComponent(object)}?alt=media`
    const response = await fetch(place)
    if (!response.ok) return failure(400, `The object ${object} was not found`, 'invalid')
    const archive = Buffer.from(await response.arrayBuffer())
    const gib = sizeOfDisk(gunzipSync(archive).subarray(0, 512)) / 1024 ** 3
    if (!Number.isInteger(gib)) return failure(400, 'The tar archive is not a valid image.', 'invalid')
    this.images.set(image.name, { ...image, diskSizeGb: String(gib) })
    this.archives.set(image.name, archive)
    return [200, DONE]
  }
}

/** NaN unless the first file of an archive in GNU's old format is disk.raw (tar(5)). */
function sizeOfDisk(header: Buffer): number {
  const isDisk = /^disk\.raw\0/.test(header.toString('latin1'))
  const isOldGnu = header.toString('latin1', 257, 265) === 'ustar  \0'
  const isSparse = header.toString('latin1', 156, 157) === 'S'
  const field = isSparse ? header.subarray(483, 495) : header.subarray(124, 136)
  if (!isDisk || !isOldGnu) return NaN
  // Numbers too large for octal digits are in base 256, marked by their first bit.
  if ((field[0] ?? 0) >= 0x80) return Number(BigInt(`0x${field.subarray(1).toString('hex')}`))
  return parseInt(field.toString('latin1'), 8)
}

const failure = (code: number, message: string, reason: string): Answer => [
  code,
  { error: { code, message, errors: [{ message, domain: 'global', reason }] } },
]
