import { DescribeRouteTablesCommand } from '@aws-sdk/client-ec2'
import type { StateObject } from '../../engine/state-objects.js'
import type { Stray } from '../provider.js'
import { withEc2 } from './client.js'
import { findThings, type AwsThing, type LabAtAws } from './leftovers.js'

/**
 * Things that carry a lab's marks and are not among the objects of its state. A disk belongs to its machine,
 * and no state names it. `machines`: their names by their Name tags. Throws LabError if AWS cannot be asked.
 */
export async function findStrays(
  lab: LabAtAws,
  machines: ReadonlyMap<string, string>,
  objects: readonly StateObject[],
): Promise<readonly Stray[]> {
  const known = new Set(objects.map(({ id }) => id))
  const own = (await findThings(lab)).filter(({ isOurs }) => isOurs)
  const things = own.filter((thing) => !known.has(importIdOf(thing)))
  const networks = own.filter(({ kind }) => kind === 'vpc').map(({ id }) => id)
  const routes = networks.length === 0 ? [] : await findRoutes(lab.region, networks, objects)
  const strays = things.flatMap((thing) => {
    const machine = machines.get(thing.machine ?? '')
    const address = thing.kind === 'instance' ? instanceAt(machine) : ADDRESSES[thing.kind]
    if (address === undefined) return []
    return [{ what: `${thing.kind} ${thing.id}`, address, importId: importIdOf(thing), machine }]
  })
  return [...strays, ...routes]
}

const EVERYWHERE = '0.0.0.0/0'

/** The internet route of the lab's own network, which has no marks and is in that network's main table. */
async function findRoutes(
  region: string,
  networks: readonly string[],
  objects: readonly StateObject[],
): Promise<readonly Stray[]> {
  const known = new Set(objects.map(({ routeTable }) => routeTable))
  const { RouteTables = [] } = await withEc2(region, (client) =>
    client.send(new DescribeRouteTablesCommand({ Filters: [{ Name: 'vpc-id', Values: [...networks] }] })),
  )
  return RouteTables.flatMap(({ RouteTableId = '', Routes = [] }) =>
    known.has(RouteTableId) || !Routes.some((route) => route.DestinationCidrBlock === EVERYWHERE)
      ? []
      : [
          {
            what: `route of ${RouteTableId}`,
            address: 'aws_route.lab_route',
            importId: `${RouteTableId}_${EVERYWHERE}`,
          },
        ],
  )
}

const importIdOf = ({ id, name }: AwsThing): string => name ?? id
const instanceAt = (machine: string | undefined): string | undefined =>
  machine === undefined ? undefined : `aws_instance.${machine}`

/** How the stack declares a lab's single things; no state names a disk. */
const ADDRESSES: Readonly<Record<Exclude<AwsThing['kind'], 'instance'>, string | undefined>> = {
  volume: undefined,
  'security-group': 'aws_security_group.lab_access',
  'key-pair': 'aws_key_pair.lab_key',
  subnet: 'aws_subnet.lab_subnet',
  'internet-gateway': 'aws_internet_gateway.lab_gateway',
  vpc: 'aws_vpc.lab_network',
}
