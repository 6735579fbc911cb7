import { changeAzure, readAzure } from '../../scripts/providers/azure/client.js'
import type { CarryOut, Declared, Kind, Making, StandInProvider } from './lab-engine-kinds.js'

const SUBSCRIPTION = process.env['ARM_SUBSCRIPTION_ID'] ?? ''
const VERSIONS = { group: '2021-04-01', network: '2024-05-01', machine: '2024-07-01', schedule: '2018-09-15' }

interface Card {
  readonly properties: { readonly networkSecurityGroup?: { readonly id: string } }
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
  const bound = async (id: string): Promise<Card | undefined> => {
    const [card = ''] = id.split('|')
    return readAzure<Card>(card, { apiVersion: VERSIONS.network })
  }
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
      azurerm_network_interface_security_group_association: {
        async create(declared, { idOf, made }) {
          const card = idOf(declared['network_interface_id'])
          const rules = idOf(declared['network_security_group_id'])
          const found = await readAzure<Card>(card, { apiVersion: VERSIONS.network })
          if (found?.properties.networkSecurityGroup !== undefined)
            throw new Error(
              `A resource with the ID "${card}|${rules}" already exists - to be managed via OpenTofu this resource needs to be imported into the State.`,
            )
          await put(card, VERSIONS.network, {
            ...found,
            properties: { ...found?.properties, networkSecurityGroup: { id: rules } },
          })
          made(`${card}|${rules}`)
        },
        isThere: async (id) => (await bound(id))?.properties.networkSecurityGroup !== undefined,
        async remove(id) {
          const [card = ''] = id.split('|')
          const found = await bound(id)
          if (found === undefined) return
          const { networkSecurityGroup: _rules, ...properties } = found.properties
          await put(card, VERSIONS.network, { ...found, properties })
        },
      },
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
