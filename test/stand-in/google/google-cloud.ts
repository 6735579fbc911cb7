import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { json } from 'node:stream/consumers'
import { loadCatalog } from '../../../distro-catalog/load.js'
import { resolveOffer } from '../../../distro-catalog/resolve.js'
import { Losses } from '../losses.js'
import { Compute, placeOf, Refusal, type Instance, type Path, type Thing } from './compute.js'

const TOKEN = 'token-of-tests'
const PROJECT = 'tests'
const NO_WAY_OUT = { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' }

/** Everything that was made. */
export interface Made {
  readonly instances: readonly Instance[]
  readonly disks: readonly Thing[]
  readonly firewalls: readonly Thing[]
  readonly networks: readonly Thing[]
  readonly subnetworks: readonly Thing[]
}

export const nothingMade: Made = { instances: [], disks: [], firewalls: [], networks: [], subnetworks: [] }

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** How a request may end instead of succeeding. */
interface Fault {
  readonly permission: string
  readonly refusal?: Refusal
  /** It is accepted, and fails afterwards. */
  readonly error?: { readonly code: string; readonly message: string }
  /** It continues until `obey`. */
  readonly isHeld?: true
}

/**
 * A stand-in of Google's Compute API on loopback, with the catalog's images in it: for us and for OpenTofu's
 * own provider.
 */
export class GoogleCloud {
  /** The permissions that the accepted requests have needed so far: `compute.instances.create`. */
  readonly permissions = new Set<string>()
  readonly compute: Compute
  /** Counts the answers to changes. */
  readonly losses = new Losses()
  #asked: string[] = []
  #faults: Fault[] = []
  readonly #operations = new Map<string, Record<string, unknown>>()

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    private readonly url: string,
    private readonly images: ReadonlyMap<string, Thing>,
    private readonly families: ReadonlyMap<string, Thing>,
  ) {
    this.compute = new Compute(url, images)
  }

  static async start(): Promise<GoogleCloud> {
    const server = createServer().unref().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address === null || typeof address === 'string') throw new TypeError('a port is a number')
    const { images, families } = await catalogImages()
    const url = `http://127.0.0.1:${address.port}/compute/v1/`
    const cloud = new GoogleCloud(server, url, images, families)
    server.on('request', (request, response) => {
      const answer = async (): Promise<void> => {
        const [status, body] = await cloud.#answer(request)
        const { method, url = '' } = request
        const isChange = method !== 'GET' && !url.includes('/operations/')
        const loss = isChange ? cloud.losses.of(`${method} ${url}`) : undefined
        if (loss === 'reset') return void request.socket.destroy()
        if (loss === '503') return void response.writeHead(503).end()
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
      answer().catch(() => response.destroy())
    })
    return cloud
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
  }

  /**
   * For the CLI, and for OpenTofu and its provider. The provider also asks Google who it is, and can do
   * without the answer: a proxy that does not exist ends that immediately, while a silent network would be
   * asked again and again.
   */
  get env(): Readonly<Record<string, string>> {
    return {
      GOOGLE_OAUTH_ACCESS_TOKEN: TOKEN,
      GOOGLE_PROJECT: PROJECT,
      ...NO_WAY_OUT,
      GOOGLE_COMPUTE_CUSTOM_ENDPOINT: this.url,
    }
  }

  get made(): Made {
    const { compute } = this
    const [disks, firewalls] = [compute.all('disks'), compute.all('firewalls')]
    const [networks, subnetworks] = [compute.all('networks'), compute.all('subnetworks')]
    return { instances: compute.all('instances') as Instance[], disks, firewalls, networks, subnetworks }
  }

  /** Gives a family a newer image. */
  publish(family: string): Thing {
    const name = `${family.split('/').at(-1)}-v2`
    const image = { ...this.families.get(family), name, creationTimestamp: '2026-11-08T10:00:00.000-08:00' }
    const id = `${family.slice(0, family.indexOf('/family/'))}/${image.name}`
    ;(this.images as Map<string, Thing>).set(id, image)
    ;(this.families as Map<string, Thing>).set(family, image)
    return image
  }

  refuse(permission: string, status: number, message: string, reason: string): void {
    this.#faults.push({ permission, refusal: new Refusal(status, message, reason) })
  }

  /** The operation is accepted, and ends with this. */
  fail(permission: string, code: string, message: string): void {
    this.#faults.push({ permission, error: { code, message } })
  }

  hold(permission: string): void {
    this.#faults.push({ permission, isHeld: true })
  }

  obey(): void {
    this.#faults = []
    this.#asked = []
  }

  /** Since the last `obey`. */
  asked(permission: string): number {
    return this.#asked.filter((each) => each === permission).length
  }

  async #answer(request: IncomingMessage): Promise<[status: number, body: object]> {
    const url = new URL(request.url ?? '', this.url)
    const path = decodeURIComponent(url.pathname.slice('/compute/v1/projects/'.length))
    const method = request.method as Method
    try {
      const sent = method === 'GET' || method === 'DELETE' ? {} : await bodyOf(request)
      if (request.headers.authorization !== `Bearer ${TOKEN}`)
        throw new Refusal(401, 'Request had invalid authentication credentials.', 'authError')
      return [200, this.#carryOut(method, path, url.searchParams, sent)]
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { status, message, reason } = error
      return [status, { error: { code: status, message, errors: [{ message, domain: 'global', reason }] } }]
    }
  }

  #carryOut(method: Method, path: string, query: URLSearchParams, body: Record<string, unknown>): object {
    const [, publisher = '', inProject = ''] = /^([^/]+)\/?(.*)$/.exec(path) ?? []
    if (inProject.startsWith('global/images/')) return this.#image(path)
    if (publisher !== PROJECT)
      throw new Refusal(404, `The resource 'projects/${path}' was not found`, 'notFound')
    if (inProject === '') return this.#permitted('compute.projects.get', () => ({ name: PROJECT, id: '1' }))
    const operation = /\/operations\/([^/]+)/.exec(inProject)?.[1]
    if (operation !== undefined) return this.#progress(operation)
    const [, zone] = /^zones\/([^/]+)$/.exec(inProject) ?? []
    if (zone !== undefined) return this.#permitted('compute.zones.get', () => ({ name: zone, status: 'UP' }))
    const [, kind] = /^aggregated\/(\w+)$/.exec(inProject) ?? []
    if (kind !== undefined) {
      const filter = query.get('filter') ?? ''
      return this.#permitted(`compute.${kind}.list`, () => ({ items: this.compute.aggregated(kind, filter) }))
    }
    return this.#onThing(method, inProject, body)
  }

  #onThing(method: Method, path: Path, body: Record<string, unknown>): object {
    const [, scope = '', kind = '', name, verb] =
      /^(global|zones\/[^/]+|regions\/[^/]+)\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(path) ?? []
    const permission = (action: string): string => `compute.${kind}.${action}`
    const thing = `${scope}/${kind}/${name ?? ''}`
    if (method === 'GET' && verb === 'serialPort')
      return this.#permitted(permission('getSerialPortOutput'), () => ({ contents: CONSOLE, next: '0' }))
    if (method === 'GET') return this.#permitted(permission('get'), () => this.compute.get(thing))
    if (verb !== undefined)
      return this.#change(permission(verb), scope, () => this.compute.act(thing, verb, body))
    if (method === 'DELETE')
      return this.#change(permission('delete'), scope, () => this.compute.remove(thing))
    if (name === undefined)
      return this.#change(permission('create'), scope, () => this.compute.insert(path, body as Thing))
    return this.#change(permission('update'), scope, () => this.compute.patch(thing, body))
  }

  #image(path: string): object {
    const id = `projects/${path}`
    const isFamily = id.includes('/family/')
    return this.#permitted(`compute.images.${isFamily ? 'getFromFamily' : 'get'}`, () => {
      const image = (isFamily ? this.families : this.images).get(id)
      if (image === undefined) throw new Refusal(404, `The resource '${id}' was not found`, 'notFound')
      return image
    })
  }

  #fault(permission: string): Fault | undefined {
    this.#asked.push(permission)
    const fault = this.#faults.find((each) => each.permission === permission)
    if (fault?.refusal !== undefined) throw fault.refusal
    this.permissions.add(permission)
    return fault
  }

  #permitted(permission: string, answer: () => object): object {
    this.#fault(permission)
    return answer()
  }

  #change(permission: string, scope: string, carryOut: () => unknown): object {
    const fault = this.#fault(permission)
    if (fault?.error === undefined) carryOut()
    const name = `operation-${this.#operations.size}`
    const operation = {
      kind: 'compute#operation',
      id: `${this.#operations.size}`,
      name,
      scope,
      status: fault?.isHeld === true ? 'RUNNING' : 'DONE',
      fault,
      ...placeOf(scope, (place) => `${this.url}projects/${PROJECT}/${place}`),
      ...(fault?.error === undefined ? {} : { error: { errors: [fault.error] } }),
    }
    this.#operations.set(name, operation)
    return operation
  }

  #progress(name: string): object {
    const operation = this.#operations.get(name) ?? {}
    const scope = String(operation['scope']).split('/')[0]?.replace(/s$/, '') ?? ''
    this.permissions.add(`compute.${scope}Operations.get`)
    const isHeld = this.#faults.some((fault) => fault === operation['fault'] && fault.isHeld === true)
    return { ...operation, status: isHeld ? 'RUNNING' : 'DONE' }
  }
}

const CONSOLE = `${Array.from({ length: 40 }, (_, n) => `console line ${n}`).join('\n')}\n`

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  if (request.headers['content-length'] === '0' || request.headers['content-length'] === undefined) return {}
  return (await json(request)) as Record<string, unknown>
}

/** In Google's form: on another day than in UTC. */
const CREATED = { creationTimestamp: '2026-10-31T20:00:00.000-07:00' }

/** One image for each distro and architecture of the catalog. */
async function catalogImages(): Promise<{ images: Map<string, Thing>; families: Map<string, Thing> }> {
  const images = new Map<string, Thing>()
  const families = new Map<string, Thing>()
  for (const distro of (await loadCatalog()).distros.values()) {
    if (distro.providers.google === undefined) continue
    const { architectures } = resolveOffer(distro, 'google')
    for (const { project = PROJECT, family } of Object.values(architectures)) {
      const image = { name: `${family}-v1`, family, diskSizeGb: '12', status: 'READY', ...CREATED }
      images.set(`projects/${project}/global/images/${image.name}`, image)
      families.set(`projects/${project}/global/images/family/${family}`, image)
    }
  }
  return { images, families }
}
