import { RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2'
import { describe, expect, test } from '@jest/globals'
import type { AnyLab } from '../../../../backend/lab.js'
import type { Context } from '../../../../scripts/context.js'
import { aws as provider } from '../../../../scripts/providers/aws/provider.js'
import { TestAws } from '../../../services/aws.js'
import { useCloudHere } from '../../../stand-in/use-cloud.js'
import '../../../support/cli/support.js'
// Jest cannot load one module for two dynamic imports at once.
import '../../../../scripts/providers/aws/leftovers.js'

const REGION = 'eu-west-1'
const ID = 'distrolab-0a1b2c3d4e5f-web'
const aws = await useCloudHere(TestAws.start())

const context = { space: { home: '/', cache: '/', backendId: '0a1b2c3d4e5f' } } as Context
const incarnation = 'c0ffee123456'
const tags = {
  'distrolab-lab': 'web',
  'distrolab-backend': '0a1b2c3d4e5f',
  'distrolab-incarnation': incarnation,
}
const step = {
  signal: new AbortController().signal,
  detail: () => undefined,
  onAddress: () => Promise.reject(new Error('no machine is restarted')),
  setTimer: () => Promise.reject(new Error('no machine is told')),
}

/** As far as the hooks look at a record. */
const labUntil = (expiresAt: string | null): AnyLab =>
  ({
    lab: 'web',
    incarnation,
    region: REGION,
    tags,
    expiresAt,
    machines: ['main', 'second'].map((name) => ({ name, id: `${ID}-${name}` })),
  }) as unknown as AnyLab

async function makeMachine(name: string, expiresAt: string): Promise<string> {
  const marks = { ...tags, Name: `${ID}-${name}`, 'distrolab-expires': expiresAt }
  const Tags = Object.entries(marks).map(([Key, Value]) => ({ Key, Value }))
  const { Instances } = await aws.with(REGION, (client) =>
    client.send(
      new RunInstancesCommand({
        ImageId: 'ami-1a2b3c4d',
        MinCount: 1,
        MaxCount: 1,
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    ),
  )
  return Instances?.[0]?.InstanceId ?? ''
}

/** By the ends of the machines' names. */
async function expiries(): Promise<Record<string, string | undefined>> {
  const { instances } = await aws.made(REGION)
  const tagOf = (each: (typeof instances)[number], key: string) =>
    each.Tags?.find(({ Key }) => Key === key)?.Value
  return Object.fromEntries(
    instances.map((each) => [
      String(tagOf(each, 'Name')).slice(ID.length + 1),
      tagOf(each, 'distrolab-expires'),
    ]),
  )
}

describe('the end of a lab of two machines, of which one is off', () => {
  const [before, after] = ['2026-11-21T14:00:00.000Z', '2026-11-21T18:00:00.000Z']

  test('is moved without asking the one that is off, which is not marked as told', async () => {
    // Told already, as when `extend` was interrupted after it: so nothing is said over SSH.
    await makeMachine('main', after)
    const second = await makeMachine('second', before)
    await aws.with(REGION, (client) => client.send(new StopInstancesCommand({ InstanceIds: [second] })))
    await provider.expiry?.move(context, labUntil(after), step)
    expect(await expiries()).toEqual({ main: after, second: before })
    expect(await provider.removeLeftovers(context, labUntil(after), step)).toEqual({
      left: [],
      foreign: [],
      mayPass: true,
    })
  })
})
