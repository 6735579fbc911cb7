/** A thing of Azure's resource manager, in the form of requests and answers. */
export interface Thing {
  id: string
  name: string
  type: string
  location?: string
  tags?: Record<string, string>
  properties: Record<string, unknown>
  [other: string]: unknown
}

type Body = Readonly<Record<string, unknown>>
interface Named {
  name: string
  id?: string
  properties: Record<string, unknown>
}

/**
 * Everything of one subscription, by id in lower case. Values that Azure adds to a request are added here.
 */
export class AzureResources {
  readonly #things = new Map<string, Thing>()
  #addresses = 0

  get all(): Thing[] {
    return [...this.#things.values()]
  }

  find(id: string): Thing | undefined {
    const found = this.#things.get(id.toLowerCase())
    if (found !== undefined) return found
    // A subnet that was made in its network's own call.
    const [, network = '', subnet = ''] = /^(.+\/virtualnetworks\/[^/]+)\/subnets\/([^/]+)$/i.exec(id) ?? []
    const subnets = (this.#things.get(network.toLowerCase())?.properties['subnets'] ?? []) as Named[]
    return subnets.find(({ name }) => name.toLowerCase() === subnet.toLowerCase()) as Thing | undefined
  }

  /** The things directly below a path, such as `…/providers/Microsoft.Compute/virtualMachines`. */
  below(path: string): Thing[] {
    const start = `${path.toLowerCase()}/`
    return this.all.filter(({ id }) => {
      const rest = id.toLowerCase().startsWith(start) ? id.slice(start.length) : ''
      return rest !== '' && !rest.includes('/')
    })
  }

  put(id: string, sent: Body): Thing {
    const words = id.split('/')
    const type = words.includes('providers') ? words.slice(words.indexOf('providers') + 1) : []
    const thing: Thing = {
      ...structuredClone(sent),
      id,
      name: words.at(-1) ?? '',
      type: type.length > 0 ? `${type[0]}/${type[1]}` : 'Microsoft.Resources/resourceGroups',
      properties: {
        ...structuredClone(sent['properties'] as Body | undefined),
        provisioningState: 'Succeeded',
      },
    }
    this.#complete(thing, this.#things.get(id.toLowerCase()))
    this.#things.set(id.toLowerCase(), thing)
    return thing
  }

  /** With everything below it: removing a group removes its contents. */
  remove(id: string): void {
    for (const key of this.#things.keys())
      if (key === id.toLowerCase() || key.startsWith(`${id.toLowerCase()}/`)) this.#things.delete(key)
  }

  #complete(thing: Thing, former: Thing | undefined): void {
    const { properties, id } = thing
    switch (thing.type.toLowerCase()) {
      case 'microsoft.network/virtualnetworks':
        for (const subnet of (properties['subnets'] ?? []) as Named[])
          subnet.id = `${id}/subnets/${subnet.name}`
        break
      case 'microsoft.network/networksecuritygroups':
        for (const rule of (properties['securityRules'] ?? []) as Named[])
          rule.id = `${id}/securityRules/${rule.name}`
        break
      case 'microsoft.network/publicipaddresses':
        properties['ipAddress'] ??= former?.properties['ipAddress'] ?? `198.18.7.${++this.#addresses}`
        break
      case 'microsoft.network/networkinterfaces':
        for (const each of (properties['ipConfigurations'] ?? []) as Named[]) {
          each.id = `${id}/ipConfigurations/${each.name}`
          each.properties['privateIPAddress'] = '10.77.0.4'
        }
        break
      case 'microsoft.compute/virtualmachines':
        this.#completeMachine(thing, former)
    }
  }

  #completeMachine(thing: Thing, former: Thing | undefined): void {
    const { properties, id, location = '' } = thing
    properties['vmId'] =
      former?.properties['vmId'] ?? `00000000-0000-0000-0000-${String(Date.now()).padStart(12, '0')}`
    properties['power'] = former?.properties['power'] ?? 'running'
    const { osDisk } = properties['storageProfile'] as { osDisk: Record<string, unknown> }
    const group = id.slice(0, id.indexOf('/providers/'))
    const disk = `${group}/providers/Microsoft.Compute/disks/${String(osDisk['name'])}`
    osDisk['managedDisk'] = { ...(osDisk['managedDisk'] as Body | undefined), id: disk }
    osDisk['osType'] = 'Linux'
    if (this.find(disk) === undefined)
      this.put(disk, { location, properties: { diskSizeGB: osDisk['diskSizeGB'], managedBy: id } })
  }
}

/** In the form of an answer: user data is never returned. */
export function shown(thing: Thing, isWhole: boolean): unknown {
  if (thing.type.toLowerCase() !== 'microsoft.compute/virtualmachines') return thing
  const { power, osProfile, ...rest } = thing.properties
  const { customData: _customData, ...profile } = (osProfile ?? {}) as Record<string, unknown>
  const statuses = power === '' ? [] : [{ code: `PowerState/${String(power)}` }]
  const instanceView = { statuses: [{ code: 'ProvisioningState/succeeded' }, ...statuses] }
  return { ...thing, properties: { ...rest, osProfile: profile, ...(isWhole ? { instanceView } : {}) } }
}
