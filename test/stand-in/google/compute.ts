/** The resources of a project in Compute Engine, and its methods. Every change is made immediately. */
export interface Thing extends Record<string, unknown> {
  readonly name: string
}

export interface Instance extends Thing {
  readonly zone: string
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
  readonly scheduling: Readonly<Record<string, unknown>>
  readonly metadata: { readonly items: readonly { readonly key: string; readonly value: string }[] }
  readonly networkInterfaces: readonly { readonly accessConfigs: readonly { readonly natIP?: string }[] }[]
  readonly disks: readonly { readonly source: string }[]
}

/** An answer other than success, in Google's words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly reason: string,
  ) {
    super(message)
  }
}

/** `zones/Z/instances/I`, `global/firewalls/F`: relative to the project. */
export type Path = string
const parts = (path: Path): { scope: string; kind: string; name: string } => {
  const [, scope = '', kind = '', name = ''] = /^(.+)\/([^/]+)\/([^/]+)$/.exec(path) ?? []
  return { scope, kind, name }
}

export class Compute {
  readonly things = new Map<Path, Thing>()
  #count = 0

  constructor(
    private readonly root: string,
    /** Published images: `projects/P/global/images/N`. */
    private readonly images: ReadonlyMap<string, Thing>,
  ) {}

  get(path: Path): Thing {
    const thing = this.things.get(path)
    if (thing === undefined)
      throw new Refusal(404, `The resource 'projects/tests/${path}' was not found`, 'notFound')
    return thing
  }

  instance(path: Path): Instance {
    return this.get(path) as Instance
  }

  /** All of a kind, in all places. */
  all(kind: string): readonly Thing[] {
    return [...this.things].filter(([path]) => parts(path).kind === kind).map(([, thing]) => thing)
  }

  /** By the place: `zones/Z`. */
  aggregated(kind: string, filter: string): Record<string, Record<string, Thing[]>> {
    const items: Record<string, Record<string, Thing[]>> = {}
    for (const [path, thing] of this.things) {
      const found = parts(path)
      if (found.kind !== kind || !passes(thing, filter)) continue
      const scope = (items[found.scope] ??= { [kind]: [] })
      scope[kind]?.push(thing)
    }
    return items
  }

  insert(collection: Path, body: Thing): Path {
    const path = `${collection}/${body.name}`
    if (this.things.has(path))
      throw new Refusal(409, `The resource 'projects/tests/${path}' already exists`, 'alreadyExists')
    const { scope, kind } = parts(path)
    const common = {
      ...body,
      id: `${++this.#count}`,
      selfLink: this.#link(path),
      fingerprint: 'print=',
      creationTimestamp: '2026-11-21T04:00:00.000-08:00',
      kind: `compute#${kind.slice(0, -1)}`,
      ...placeOf(scope, (place) => this.#link(place)),
    }
    this.things.set(path, kind === 'instances' ? this.#booted(scope, body.name, common) : common)
    return path
  }

  patch(path: Path, changes: object): void {
    this.things.set(path, { ...this.get(path), ...changes })
  }

  remove(path: Path): void {
    const thing = this.get(path)
    this.things.delete(path)
    if (parts(path).kind !== 'instances') return
    for (const { source } of (thing as Instance).disks) this.things.delete(this.#pathOf(source))
  }

  act(path: Path, verb: string, body: Record<string, unknown>): void {
    const { status, scheduling } = this.instance(path)
    if (verb === 'stop') this.patch(path, { status: 'TERMINATED', ...this.#addressed(path, 'none') })
    else if (verb === 'start' || verb === 'resume')
      this.patch(path, { status: 'RUNNING', ...this.#addressed(path, 'new') })
    else if (verb === 'setLabels') this.patch(path, { labels: body['labels'] })
    else if (verb === 'setMetadata') this.patch(path, { metadata: { ...body, fingerprint: 'print=' } })
    else if (verb === 'setTags') this.patch(path, { tags: { ...body, fingerprint: 'print=' } })
    else if (verb === 'setScheduling') {
      const isMoved = ['terminationTime', 'maxRunDuration'].some(
        (name) => JSON.stringify(scheduling[name]) !== JSON.stringify(body[name]),
      )
      if (isMoved && status === 'RUNNING')
        throw new Refusal(400, 'This can only be set for an instance that is stopped.', 'conditionNotMet')
      this.patch(path, { scheduling: body })
    } else throw new Refusal(400, `no such method: ${verb}`, 'badRequest')
  }

  #booted(zone: string, name: string, body: Thing): Thing {
    const [disk] = (body['disks'] ?? []) as { initializeParams: Record<string, unknown> }[]
    const params = disk?.initializeParams ?? {}
    const image = /projects\/.*/.exec(String(params['sourceImage']))?.[0] ?? ''
    if (!this.images.has(image)) throw new Refusal(404, `The resource '${image}' was not found`, 'notFound')
    const { sourceImage, diskSizeGb, diskType, labels } = params
    const disks = `${zone}/disks`
    this.insert(disks, { name, labels, sourceImage, type: diskType, sizeGb: diskSizeGb, status: 'READY' })
    const [card] = (body['networkInterfaces'] ?? []) as Record<string, unknown>[]
    const region = zone.replace('zones', 'regions').replace(/-[a-z]$/, '')
    return {
      ...body,
      status: 'RUNNING',
      labelFingerprint: 'print=',
      cpuPlatform: 'Intel Broadwell',
      disks: [
        {
          boot: true,
          autoDelete: true,
          index: 0,
          mode: 'READ_WRITE',
          type: 'PERSISTENT',
          deviceName: 'persistent-disk-0',
          source: this.#link(`${disks}/${name}`),
        },
      ],
      tags: { ...(body['tags'] as object), fingerprint: 'print=' },
      metadata: { ...(body['metadata'] as object), fingerprint: 'print=' },
      networkInterfaces: [
        {
          subnetwork: this.#link(`${region}/subnetworks/default`),
          ...card,
          name: 'nic0',
          networkIP: '10.128.0.2',
          fingerprint: 'print=',
          stackType: 'IPV4_ONLY',
          accessConfigs: [
            { name: 'external-nat', type: 'ONE_TO_ONE_NAT', networkTier: 'PREMIUM', natIP: this.#address() },
          ],
        },
      ],
    }
  }

  /** A machine that is off has none; after a start it has another. */
  #addressed(path: Path, which: 'none' | 'new'): object {
    const [card] = this.instance(path).networkInterfaces
    const { natIP: _natIP, ...access } = card?.accessConfigs[0] ?? {}
    const accessConfigs = [which === 'none' ? access : { ...access, natIP: this.#address() }]
    return { networkInterfaces: [{ ...card, accessConfigs }] }
  }

  readonly #address = (): string => `198.51.100.${10 + (++this.#count % 200)}`
  readonly #link = (path: Path): string => `${this.root}projects/tests/${path}`
  readonly #pathOf = (link: string): Path => link.slice(`${this.root}projects/tests/`.length)
}

/** The place in the URL of an operation or a thing; global things have none. */
export function placeOf(scope: string, link: (place: Path) => string): { zone?: string; region?: string } {
  if (scope.startsWith('zones/')) return { zone: link(scope) }
  return scope.startsWith('regions/') ? { region: link(scope) } : {}
}

/**
 * `name = "x"`, `labels.key = "x" AND …`, `(…) OR (…)`; anything else is refused, because it would silently match nothing.
 */
function passes(thing: Thing, filter: string): boolean {
  const choices = filter.split(' OR ').map((choice) => /^\((.*)\)$/.exec(choice)?.[1])
  if (choices.every((choice) => choice !== undefined)) return choices.some((choice) => passes(thing, choice))
  return filter.split(' AND ').every((condition) => {
    const [, field = '', value = ''] = /^(name|labels\.[a-z-]+) = "([^"]*)"$/.exec(condition) ?? []
    if (field === '') throw new Refusal(400, `Invalid value for field 'filter': '${filter}'.`, 'invalid')
    const labels = (thing['labels'] ?? {}) as Record<string, string>
    return (field === 'name' ? thing.name : labels[field.slice('labels.'.length)]) === value
  })
}
