import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { actionsOf } from './azure-actions.js'
import { no, type Answer, type Asked } from './azure-answer.js'
import { answerPublished, stockShelf, type AzureShelf } from './azure-images.js'
import { answerLogin, metadataOf, tokenOf } from './azure-login.js'
import { AzureResources, shown, type Thing } from './azure-resources.js'
import { Losses, type Loss } from './losses.js'
import { makeCertificate, type Certificate } from './certificate.js'

export const SUBSCRIPTION = '11111111-2222-3333-4444-555555555555'
export const REGION = 'westeurope'

/** Undefined: answer as Azure would. */
type Disturbance = (asked: Asked) => Answer | undefined

/**
 * Azure on loopback, with the parts that labs use: identity, images, groups and their contents. It answers
 * immediately.
 */
export class TestAzure {
  readonly asked: Asked[] = []
  /** The actions that a role has needed so far. */
  readonly actions = new Set<string>()
  readonly resources = new AzureResources()
  /** The storage accounts of the subscription, in the form of a list. */
  readonly accounts: object[] = []
  /** Counts the answers to changes. */
  readonly losses = new Losses()
  #disturb: Disturbance = () => undefined
  /** The results of running operations. */
  readonly #outcomes: unknown[] = []

  private constructor(
    private readonly server: Server,
    private readonly folder: string,
    readonly certificate: Certificate,
    readonly shelf: AzureShelf,
  ) {}

  static async start(): Promise<TestAzure> {
    const folder = await mkdtemp(join(tmpdir(), 'distrolab-azure-'))
    const certificate = await makeCertificate(folder)
    const server = createServer({ key: certificate.key, cert: certificate.certificate })
    const azure = new TestAzure(server, folder, certificate, await stockShelf(REGION))
    server.on('request', (request, response) => {
      azure.#serve(request, response).catch(() => response.destroy())
    })
    // It runs in the tested process and does not keep that process alive.
    server.unref().listen(0, '127.0.0.1')
    await once(server, 'listening')
    return azure
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** For the CLI and OpenTofu's provider: a principal with a secret. */
  get env(): Readonly<Record<string, string>> {
    return {
      ARM_METADATA_HOSTNAME: this.host,
      ARM_SUBSCRIPTION_ID: SUBSCRIPTION,
      ARM_TENANT_ID: 'tenant-of-tests',
      ARM_CLIENT_ID: 'client-of-tests',
      ARM_CLIENT_SECRET: 'secret-of-tests',
      NODE_EXTRA_CA_CERTS: this.certificate.file,
      SSL_CERT_FILE: this.certificate.file,
    }
  }

  /** Everything that was made: `resourceGroups/NAME`, and each thing as `TYPE/NAME`. */
  get made(): string[] {
    return this.resources.all.map(({ type, name }) => `${type.split('/').at(-1)}/${name}`).sort()
  }

  machine(): Thing | undefined {
    return this.resources.all.find(({ type }) => type.endsWith('/virtualMachines'))
  }

  disturb(disturbance: Disturbance): void {
    this.asked.length = 0
    this.#disturb = disturbance
  }

  /** Every such request from now on. `place`: a part of its path. */
  refuse(method: string, place: string, answer: Answer): void {
    this.disturb((asked) => (asked.method === method && asked.path.includes(place) ? answer : undefined))
  }

  /** Machines are accepted, and their creation fails afterwards. */
  failMachines(code: string, message: string): void {
    this.disturb(({ method, path, body }) => {
      if (method !== 'PUT' || !/\/virtualMachines\/[^/]+$/.test(path)) return undefined
      const machine = this.resources.put(path, JSON.parse(body) as Thing)
      Object.assign(machine.properties, { provisioningState: 'Failed', power: '' })
      return this.#later(201, { status: 'Failed', error: { code, message } }, shown(machine, false))
    })
  }

  obey(): void {
    this.disturb(() => undefined)
  }

  times(method: string, place: string): number {
    return this.asked.filter((each) => each.method === method && each.path.includes(place)).length
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, 'close')
    await rm(this.folder, { recursive: true, force: true })
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', headers } = request
    const { pathname, searchParams } = new URL(request.url ?? '', `https://${this.host}`)
    const path = pathname.replace(/\/$/, '')
    const asked: Asked = { method, path, query: searchParams, headers, body: await text(request) }
    this.asked.push(asked)
    const { status, headers: more = {}, body } = this.#disturb(asked) ?? this.#answer(asked)
    const loss = this.#lossOf(asked)
    if (loss === 'reset') return void request.socket.destroy()
    if (loss === '503') return void response.writeHead(503).end()
    response.writeHead(status, { 'content-type': 'application/json', ...more })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  }

  #lossOf({ method, path }: Asked): Loss | undefined {
    return method === 'GET' || !path.startsWith('/subscriptions/')
      ? undefined
      : this.losses.of(`${method} ${path}`)
  }

  #answer(asked: Asked): Answer {
    const { path, headers, method } = asked
    if (path === '/metadata/endpoints') return { status: 200, body: metadataOf(`https://${this.host}`) }
    const operation = /^\/operations\/(\d+)$/.exec(path)
    if (operation !== null) return { status: 200, body: this.#outcomes[Number(operation[1])] ?? {} }
    if (path === '/console') return { status: 200, body: 'the console' }
    if (!path.startsWith('/subscriptions/')) return answerLogin(asked, `https://${this.host}`)
    if (headers.authorization !== `Bearer ${tokenOf()}`)
      return no(401, 'InvalidAuthenticationToken', 'The access token is invalid.')
    if (path.split('/')[2] !== SUBSCRIPTION)
      return no(404, 'SubscriptionNotFound', `The subscription '${path.split('/')[2]}' could not be found.`)
    for (const action of actionsOf(method, path, asked.body)) this.actions.add(action)
    return this.#manage(asked, path.slice(`/subscriptions/${SUBSCRIPTION}`.length))
  }

  /** `own`: below the subscription. */
  #manage(asked: Asked, own: string): Answer {
    const { method, path, query } = asked
    if (own === '')
      return { status: 200, body: { displayName: 'Tests', subscriptionId: SUBSCRIPTION, state: 'Enabled' } }
    if (own === '/resourceGroups')
      return { status: 200, body: { value: this.#groups(query.get('$filter') ?? '') } }
    if (own === '/providers/Microsoft.Storage/storageAccounts')
      return { status: 200, body: { value: this.accounts } }
    if (own.startsWith('/providers')) return answerPublished(own, this.shelf)
    if (own.endsWith('/resources')) {
      const start = path.slice(0, -'resources'.length).toLowerCase()
      return {
        status: 200,
        body: { value: this.resources.all.filter(({ id }) => id.toLowerCase().startsWith(start)) },
      }
    }
    if (own.endsWith('/providers/Microsoft.Resources/tags/default')) return this.#tag(asked)
    if (method === 'POST') return this.#act(path)
    if (method === 'PUT') return this.#put(asked)
    const thing = this.resources.find(path)
    if (thing === undefined) return this.#absent(path)
    if (method === 'DELETE') {
      this.resources.remove(path)
      // The only kind that is removed immediately.
      return path.includes('/schedules/') ? { status: 204 } : this.#later(202, { status: 'Succeeded' })
    }
    return {
      status: 200,
      body: shown(thing, (query.get('$expand') ?? '').toLowerCase().includes('instanceview')),
    }
  }

  #absent(path: string): Answer {
    const group = path.split('/').slice(0, 5).join('/')
    if (this.resources.find(group) === undefined) return no(404, 'ResourceGroupNotFound', 'No such group.')
    // A path that ends with a kind is a list.
    const isList = path.split('/').length % 2 === 0
    if (!isList) return no(404, 'ResourceNotFound', `The Resource '${path}' was not found.`)
    return { status: 200, body: { value: this.resources.below(path).map((each) => shown(each, false)) } }
  }

  #put({ path, body }: Asked): Answer {
    const group = path.split('/').slice(0, 5).join('/')
    if (path !== group && this.resources.find(group) === undefined)
      return no(404, 'ResourceGroupNotFound', 'No such group.')
    const isNew = this.resources.find(path) === undefined
    const thing = this.resources.put(path, JSON.parse(body) as Thing)
    if (path.includes('/virtualMachines/'))
      return this.#later(isNew ? 201 : 200, { status: 'Succeeded' }, shown(thing, false))
    return { status: isNew ? 201 : 200, body: thing }
  }

  #act(path: string): Answer {
    const words = path.split('/')
    const verb = words.pop()
    const machine = this.resources.find(words.join('/'))
    if (machine === undefined) return no(404, 'ResourceNotFound', 'No such machine.')
    if (verb === 'retrieveBootDiagnosticsData')
      return { status: 200, body: { serialConsoleLogBlobUri: `https://${this.host}/console?sig=secret` } }
    const power = { start: 'running', deallocate: 'deallocated', powerOff: 'stopped' }[verb ?? '']
    if (power === undefined) return no(400, 'BadRequest', `${verb} is not known`)
    machine.properties['power'] = power
    return this.#later(202, { status: 'Succeeded' })
  }

  #tag({ path, body }: Asked): Answer {
    const thing = this.resources.find(path.slice(0, -'/providers/Microsoft.Resources/tags/default'.length))
    if (thing === undefined) return no(404, 'ResourceNotFound', 'Nothing to mark.')
    const { properties } = JSON.parse(body) as { properties: { tags: Record<string, string> } }
    thing.tags = { ...thing.tags, ...properties.tags }
    return { status: 200, body: { properties: { tags: thing.tags } } }
  }

  #groups(filter: string): Thing[] {
    const [, name = '', value = ''] = /tagName eq '([^']*)' and tagValue eq '([^']*)'/.exec(filter) ?? []
    const groups = this.resources.all.filter(({ type }) => type.endsWith('/resourceGroups'))
    return name === '' ? groups : groups.filter(({ tags }) => tags?.[name] === value)
  }

  #later(status: number, outcome: unknown, body?: unknown): Answer {
    const place = `https://${this.host}/operations/${this.#outcomes.push(outcome) - 1}`
    const headers = { 'azure-asyncoperation': place, location: place, 'retry-after': '0' }
    return { status, headers, ...(body === undefined ? {} : { body }) }
  }
}
