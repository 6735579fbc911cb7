import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  waitUntilInstanceRunning,
  type Filter,
  type Instance,
} from '@aws-sdk/client-ec2'
import { LabError } from '../../errors.js'
import { withEc2 } from './client.js'
import { tagFilters, tagsOf, type Tags } from './tags.js'

/** Every state but that of one that is gone. */
export const LIVING_STATES = ['pending', 'running', 'stopping', 'stopped', 'shutting-down']

export interface AwsInstance {
  readonly id: string
  readonly state: string
  /** Public, IPv4. */
  readonly address: string | undefined
  readonly tags: Tags
}

/** The living instances that have all these tags; several of one name are possible after a crash. */
export const findInstances = (region: string, tags: Tags, signal?: AbortSignal): Promise<AwsInstance[]> =>
  findInstancesBy(region, tagFilters(tags), signal)

/** The living instances that these filters let through. */
export async function findInstancesBy(
  region: string,
  filters: readonly Filter[],
  signal?: AbortSignal,
): Promise<AwsInstance[]> {
  const { Reservations = [] } = await withEc2(region, (client) =>
    client.send(
      new DescribeInstancesCommand({
        Filters: [...filters, { Name: 'instance-state-name', Values: LIVING_STATES }],
      }),
      signal === undefined ? {} : { abortSignal: signal },
    ),
  )
  return Reservations.flatMap(({ Instances = [] }) => Instances).map(described)
}

const described = (instance: Instance): AwsInstance => ({
  id: instance.InstanceId ?? '',
  state: instance.State?.Name ?? '',
  address: instance.PublicIpAddress,
  tags: tagsOf(instance),
})

const START_SECONDS = 120

/** Powers a stopped instance on, waits until it runs, and returns the address that it has from now on. */
export async function startInstance(
  region: string,
  tags: Tags,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [instance] = await findInstances(region, tags)
  if (instance === undefined)
    throw new LabError({ code: 'cloud-machine-missing', provider: 'aws', machine: tags['Name'] ?? '' })
  const InstanceIds = [instance.id]
  await withEc2(region, async (client) => {
    await client.send(new StartInstancesCommand({ InstanceIds }), { abortSignal: signal })
    await waitUntilInstanceRunning(
      { client, maxWaitTime: START_SECONDS, minDelay: 2, maxDelay: 5, abortSignal: signal },
      { InstanceIds },
    )
  })
  return (await findInstances(region, tags))[0]?.address
}

/** The console's end, in lines; empty where there is none yet. */
export async function readConsole(region: string, id: string, lines: number): Promise<string> {
  const { Output = '' } = await withEc2(region, (client) =>
    client.send(new GetConsoleOutputCommand({ InstanceId: id, Latest: true })),
  )
  return Buffer.from(Output, 'base64').toString('utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

/** Marks everything given with when it is over, and has instances vanish when they switch themselves off. */
export async function markExpiry(
  region: string,
  ids: { readonly instances: readonly string[]; readonly others: readonly string[] },
  expiresAt: string | null,
): Promise<void> {
  await withEc2(region, async (client) => {
    for (const InstanceId of ids.instances) {
      const Value = expiresAt === null ? 'stop' : 'terminate'
      const Attribute = 'instanceInitiatedShutdownBehavior'
      await client.send(new ModifyInstanceAttributeCommand({ InstanceId, Attribute, Value }))
    }
    const Resources = [...ids.instances, ...ids.others]
    if (Resources.length === 0) return
    const Tags = [{ Key: 'distrolab-expires', Value: expiresAt ?? 'never' }]
    await client.send(new CreateTagsCommand({ Resources, Tags }))
  })
}
