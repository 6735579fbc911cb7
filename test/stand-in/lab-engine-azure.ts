import { changeAzure, readAzure } from '../../scripts/providers/azure/client.js'
import type { CarryOut, Declared, Kind, Making, StandInProvider } from './lab-engine-kinds.js'

const SUBSCRIPTION = process.env['ARM_SUBSCRIPTION_ID'] ?? ''
const VERSIONS = { group: '2021-04-01', network: '2024-05-01', machine: '2024-07-01', schedule: '2018-09-15' }

interface Reference {
  readonly id: string
}
interface CardProperties {
  readonly networkSecurityGroup?: Reference | undefined
  readonly ipConfigurations?:
    | readonly {
        readonly properties: { readonly applicationSecurityGroups?: readonly Reference[] | undefined }
      }[]
    | undefined
}
interface Card {
  readonly properties: CardProperties
}

/** Azure's resource manager. `region`: of everything. */
export function azureProviderOf(region: string, carryOut: CarryOut): StandInProvider {
  const GROUP = '${azurerm_resource_group.lab_group.id}'
  const put = (id: string, apiVersion: string, body: object): Promise<unknown> =>
    carryOut(() => changeAzure('PUT', id, { apiVersion, body: { location: region, ...body } }))
  const kind = (
    apiVersion: string,
    path: (declared: Declared, idOf: Making['idOf']) => string,
    properties: (declared: Declared, idOf: Making['idOf']) => object,
  ): Kind => ({
    async create(declared, { idOf, made }) {
      const id = path(declared, idOf)
      const { tags } = declared
      const found = await readAzure(id, { apiVersion })
      // The provider never adopts existing things (`ImportAsExistsError`).
      if (found !== undefined)
        throw new Error(
          `A resource with the ID "${id}" already exists - to be managed via OpenTofu this resource needs to be imported into the State.`,
        )
      await put(id, apiVersion, { tags, properties: properties(declared, idOf) })
      made(id)
    },
    isThere: async (id) => (await readAzure(id, { apiVersion })) !== undefined,
    remove: (id) => carryOut(() => changeAzure('DELETE', id, { apiVersion })),
  })
  const within = (type: string) => (declared: Declared, idOf: Making['idOf']) =>
    `${idOf(GROUP)}/providers/${type}/${declared.name}`
  const cardOf = async (id: string): Promise<Card | undefined> => {
    const [card = ''] = id.split('|')
    return readAzure<Card>(card, { apiVersion: VERSIONS.network })
  }
  /** A card's reference to something, which is a resource to the provider only. */
  const binding = (
    to: string,
    read: (properties: CardProperties) => Reference | undefined,
    write: (properties: CardProperties, reference: Reference | undefined) => CardProperties,
  ): Kind => ({
    async create(declared, { idOf, made }) {
      const card = idOf(declared['network_interface_id'])
      const id = idOf(declared[to])
      const found = await cardOf(card)
      if (found !== undefined && read(found.properties) !== undefined)
        throw new Error(
          `A resource with the ID "${card}|${id}" already exists - to be managed via OpenTofu this resource needs to be imported into the State.`,
        )
      await put(card, VERSIONS.network, { ...found, properties: write(found?.properties ?? {}, { id }) })
      made(`${card}|${id}`)
    },
    async isThere(id) {
      const found = await cardOf(id)
      return found !== undefined && read(found.properties) !== undefined
    },
    async remove(id) {
      const [card = ''] = id.split('|')
      const found = await cardOf(id)
      if (found === undefined) return
      await put(card, VERSIONS.network, { ...found, properties: write(found.properties, undefined) })
    },
  })
  return {
    async address(machine, idOf) {
      const id = idOf(`\${azurerm_public_ip.${machine}_address.id}`)
      const found = await readAzure<{ readonly properties: { readonly ipAddress: string } }>(id, {
        apiVersion: VERSIONS.network,
      })
      return found?.properties.ipAddress ?? ''
    },
    kinds: {
      azurerm_resource_group: kind(
        VERSIONS.group,
        ({ name }) => `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`,
        () => ({}),
      ),
      azurerm_virtual_network: kind(VERSIONS.network, within('Microsoft.Network/virtualNetworks'), () => ({
        subnets: [{ name: 'machines', properties: {} }],
      })),
      azurerm_network_security_group: kind(
        VERSIONS.network,
        within('Microsoft.Network/networkSecurityGroups'),
        () => ({}),
      ),
      azurerm_public_ip: kind(VERSIONS.network, within('Microsoft.Network/publicIPAddresses'), () => ({})),
      azurerm_network_interface: kind(
        VERSIONS.network,
        within('Microsoft.Network/networkInterfaces'),
        (declared, idOf) => {
          const [configuration] = declared['ip_configuration'] as { public_ip_address_id: string }[]
          const publicIPAddress = { id: idOf(configuration?.public_ip_address_id) }
          return { ipConfigurations: [{ name: 'main', properties: { publicIPAddress } }] }
        },
      ),
      azurerm_application_security_group: kind(
        VERSIONS.network,
        within('Microsoft.Network/applicationSecurityGroups'),
        () => ({}),
      ),
      azurerm_network_interface_security_group_association: binding(
        'network_security_group_id',
        ({ networkSecurityGroup }) => networkSecurityGroup,
        (properties, networkSecurityGroup) => ({ ...properties, networkSecurityGroup }),
      ),
      azurerm_network_interface_application_security_group_association: binding(
        'application_security_group_id',
        ({ ipConfigurations: [first] = [] }) => first?.properties.applicationSecurityGroups?.[0],
        (properties, group) => ({
          ...properties,
          ipConfigurations: properties.ipConfigurations?.map((each) => ({
            ...each,
            properties: {
              ...each.properties,
              applicationSecurityGroups: group === undefined ? undefined : [group],
            },
          })),
        }),
      ),
      azurerm_linux_virtual_machine: kind(
        VERSIONS.machine,
        within('Microsoft.Compute/virtualMachines'),
        (declared, idOf) => {
          const keys = declared['admin_ssh_key'] as { public_key: string }[]
          const publicKeys = keys.map(({ public_key: keyData }) => ({ keyData }))
          return {
            networkProfile: {
              networkInterfaces: (declared['network_interface_ids'] as string[]).map((id) => ({
                id: idOf(id),
              })),
            },
            osProfile: {
              adminUsername: declared['admin_username'],
              linuxConfiguration: { ssh: { publicKeys } },
            },
            storageProfile: {
              osDisk: { name: (declared['os_disk'] as { name: string }).name, diskSizeGB: 32 },
            },
          }
        },
      ),
      azurerm_dev_test_global_vm_shutdown_schedule: kind(
        VERSIONS.schedule,
        (declared, idOf) => {
          const machine = idOf(declared['virtual_machine_id'])
          return `${idOf(GROUP)}/providers/Microsoft.DevTestLab/schedules/shutdown-computevm-${machine.slice(machine.lastIndexOf('/') + 1)}`
        },
        () => ({ status: 'Disabled' }),
      ),
    },
  }
}
