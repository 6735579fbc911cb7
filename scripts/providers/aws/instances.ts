import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  GetConsoleOutputCommand,
  ModifyInstanceAttributeCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceStopped,
  type Filter,
  type Instance,
} from '@aws-sdk/client-ec2'
import { LabError } from '../../errors.js'
import { withEc2 } from './client.js'
import { tagFilters, tagsOf, type Tags } from './tags.js'

/** Every state except that of a terminated instance. */
export const LIVING_STATES = ['pending', 'running', 'stopping', 'stopped', 'shutting-down']

export interface AwsInstance {
  readonly id: string
  readonly state: string
  /** Public, IPv4. */
  readonly address: string | undefined
  readonly tags: Tags
}

/** The living instances that have all these tags; after a crash several may have the same name. */
export const findInstances = (region: string, tags: Tags, signal?: AbortSignal): Promise<AwsInstance[]> =>
  findInstancesBy(region, tagFilters(tags), signal)

/** The living instances that match these filters. */
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

/** Starts a stopped instance, waits until it runs, and returns its new address. */
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

const STOP_SECONDS = 300

/**
 * Stops an instance by the API, and waits until it is off: a shutdown from within would terminate one that has
 * a TTL.
 */
export async function stopInstance(region: string, tags: Tags, signal: AbortSignal): Promise<void> {
  const InstanceIds = (await findInstances(region, tags)).map(({ id }) => id)
  if (InstanceIds.length === 0) return
  await withEc2(region, async (client) => {
    await client.send(new StopInstancesCommand({ InstanceIds }), { abortSignal: signal })
    await waitUntilInstanceStopped(
      { client, maxWaitTime: STOP_SECONDS, minDelay: 2, maxDelay: 5, abortSignal: signal },
      { InstanceIds },
    )
  })
}

/** The end of the console, in lines; empty if there is none yet. */
export async function readConsole(region: string, id: string, lines: number): Promise<string> {
  const { Output = '' } = await withEc2(region, (client) =>
    client.send(new GetConsoleOutputCommand({ InstanceId: id, Latest: true })),
  )
  return Buffer.from(Output, 'base64').toString('utf8').trimEnd().split('\n').slice(-lines).join('\n')
}

/** Tags everything given with its expiry, and makes instances terminate when they shut themselves down. */
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
