import { groupName, machineName, partName } from '../../../stacks/azure/names.js'
import type { StateObject } from '../../engine/state-objects.js'
import type { Stray } from '../provider.js'
import { listAzure, readAzure } from './client.js'
import { findGroups } from './leftovers.js'

const RESOURCES = '2021-04-01'
const NETWORK = '2024-05-01'

interface Resource {
  /** The whole id: `/subscriptions/…`. */
  readonly id: string
  readonly name: string
  /** `Microsoft.Compute/virtualMachines`, in any case. */
  readonly type: string
}

interface Card {
  readonly id: string
  readonly name: string
  readonly properties?: {
    readonly networkSecurityGroup?: { readonly id?: string }
    readonly ipConfigurations?: readonly {
      readonly properties?: { readonly applicationSecurityGroups?: readonly { readonly id?: string }[] }
    }[]
  }
}

/**
 * The lab to search for. `id`: as from `labId`; `machines`: the names of its machines and the start of
 * Azure's names for them.
 */
export interface LabAtAzure {
  readonly id: string
  readonly tags: Readonly<Record<string, string>>
  readonly machines: readonly { readonly name: string; readonly id: string }[]
}

/**
 * The group that carries a lab's marks and everything in it that is not among the objects of its state. A
 * disk belongs to its machine, and no state names it. Throws LabError like `readAzure`.
 */
export async function findStrays(
  { id, tags, machines }: LabAtAzure,
  objects: readonly StateObject[],
  signal: AbortSignal,
): Promise<readonly Stray[]> {
  const own = (await findGroups(id, tags)).find(
    (group) => group.isOurs && group.name.toLowerCase() === groupName(id).toLowerCase(),
  )
  if (own === undefined) return []
  const path = `/resourceGroups/${own.name}`
  const [group, resources] = await Promise.all([
    readAzure<Resource>(path, { apiVersion: RESOURCES, signal }),
    listAzure<Resource>(`${path}/resources`, { apiVersion: RESOURCES, signal }),
  ])
  const declared = declaredIn(id, machines)
  const strays = resources.flatMap((resource) => {
    const found = declared.get(keyOf(resource.type, resource.name))
    const what = `${resource.type.slice(resource.type.lastIndexOf('/') + 1)}/${resource.name}`
    return found === undefined ? [] : [{ ...found, what, importId: resource.id }]
  })
  const bindings = strays.some(({ address }) => address.startsWith(CARD))
    ? await findBindings(path, declared, signal)
    : []
  const all = [
    { what: `resource group ${own.name}`, address: GROUP, importId: group?.id ?? path },
    ...strays,
    ...bindings,
  ]
  const known = new Set(objects.map((object) => object.id.toLowerCase()))
  return all.filter(({ importId }) => !known.has(importId.toLowerCase()))
}

const GROUP = 'azurerm_resource_group.lab_group'
const CARD = 'azurerm_network_interface.'

/** Binding a card to the rules, or to the group of the lab's machines, is a resource to the provider, but nothing separate in Azure. */
async function findBindings(
  group: string,
  declared: ReadonlyMap<string, Declared>,
  signal: AbortSignal,
): Promise<readonly Stray[]> {
  const ask = { apiVersion: NETWORK, signal }
  const cards = await listAzure<Card>(`${group}/providers/Microsoft.Network/networkInterfaces`, ask)
  return cards.flatMap(({ id, name, properties }) => {
    const card = declared.get(keyOf('Microsoft.Network/networkInterfaces', name))
    if (card === undefined) return []
    const machine = card.address.slice(CARD.length).replace(/_card$/, '')
    const bound = (what: string, address: string, to: string | undefined): Stray[] =>
      to === undefined ? [] : [{ what: `${what} of ${name}`, address, importId: `${id}|${to}` }]
    const members = properties?.ipConfigurations?.flatMap(
      (each) => each.properties?.applicationSecurityGroups ?? [],
    )
    return [
      ...bound(
        'rules',
        `azurerm_network_interface_security_group_association.${machine}_access`,
        properties?.networkSecurityGroup?.id,
      ),
      ...bound(
        'membership',
        `azurerm_network_interface_application_security_group_association.${machine}_membership`,
        members?.[0]?.id,
      ),
    ]
  })
}

type Declared = Pick<Stray, 'address' | 'machine'>

/** What a lab's stack declares, by Azure's kinds and names. */
function declaredIn(id: string, machines: LabAtAzure['machines']): ReadonlyMap<string, Declared> {
  const ofLab: [string, Declared][] = [
    [
      keyOf('Microsoft.Network/virtualNetworks', partName(id, 'network')),
      { address: 'azurerm_virtual_network.lab_network' },
    ],
    [
      keyOf('Microsoft.Network/networkSecurityGroups', partName(id, 'access')),
      { address: 'azurerm_network_security_group.lab_access' },
    ],
    [
      keyOf('Microsoft.Network/applicationSecurityGroups', partName(id, 'members')),
      { address: 'azurerm_application_security_group.lab_members' },
    ],
  ]
  const ofMachines = machines.flatMap(({ name, id: base }): [string, Declared][] => [
    [
      keyOf('Microsoft.Compute/virtualMachines', machineName(base)),
      { address: `azurerm_linux_virtual_machine.${name}`, machine: name },
    ],
    [keyOf('Microsoft.Network/networkInterfaces', partName(base, 'nic')), { address: `${CARD}${name}_card` }],
    [
      keyOf('Microsoft.Network/publicIPAddresses', partName(base, 'ip')),
      { address: `azurerm_public_ip.${name}_address` },
    ],
    [
      keyOf('Microsoft.DevTestLab/schedules', `shutdown-computevm-${machineName(base)}`),
      { address: `azurerm_dev_test_global_vm_shutdown_schedule.${name}_shutdown` },
    ],
  ])
  return new Map([...ofLab, ...ofMachines])
}

const keyOf = (type: string, name: string): string => `${type}/${name}`.toLowerCase()
