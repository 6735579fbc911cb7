import type { ExistingNetwork } from '../../../stacks/cloud-spec.js'
import type { NetworkQuestion } from '../network-question.js'
import { readAzure } from './client.js'

const NETWORKS = '2024-05-01'

interface Network {
  readonly id: string
  readonly location: string
  readonly properties: { readonly subnets?: readonly Subnet[] }
}

interface Subnet {
  readonly id: string
  readonly name: string
  readonly properties?: { readonly delegations?: readonly unknown[] }
}

/**
 * The network of a resource group, and the named subnet or the first that machines can use. Throws LabError
 * network-unfit.
 */
export async function findNetwork({
  given,
  region,
  unfit,
  signal,
}: NetworkQuestion): Promise<ExistingNetwork> {
  const [group = '', name = '', named] = given.split('/')
  const path = `/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`
  const network = await readAzure<Network>(path, { apiVersion: NETWORKS, signal })
  if (network === undefined) throw unfit('the subscription has no such network')
  if (network.location !== region) throw unfit(`the network is in ${network.location}, not in ${region}`)
  const subnets = network.properties.subnets ?? []
  const subnet =
    named === undefined
      ? subnets.find(isForMachines)
      : subnets.find((each) => each.name.toLowerCase() === named.toLowerCase())
  if (subnet !== undefined) return { id: network.id, subnet: subnet.id }
  throw unfit(
    named === undefined ? 'the network has no subnet for machines' : 'the network has no such subnet',
  )
}

/** Subnets of gateways and firewalls have Azure's own names; a delegated one belongs to a service. */
const isForMachines = ({ name, properties: { delegations = [] } = {} }: Subnet): boolean =>
  delegations.length === 0 &&
  !/^(Gateway|AzureBastion|AzureFirewall|AzureFirewallManagement|RouteServer)Subnet$/.test(name)
