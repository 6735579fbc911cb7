import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import {
  CreateSecurityGroupCommand,
  DescribeInstanceAttributeCommand,
  ImportKeyPairCommand,
  RunInstancesCommand,
  type ResourceType,
} from '@aws-sdk/client-ec2'
import { checkAwsAccount } from '../../../../scripts/providers/aws/account.js'
import { findImage, findNewestImage } from '../../../../scripts/providers/aws/image.js'
import {
  findInstances,
  markExpiry,
  readConsole,
  startInstance,
  stopInstance,
} from '../../../../scripts/providers/aws/instances.js'
import { findThings, removeThings } from '../../../../scripts/providers/aws/leftovers.js'
import { LabError } from '../../../../scripts/errors.js'
import { generateKeyPair } from '../../../../scripts/machine/key-pair.js'
import { nothingMade, TestAws } from '../../../services/aws.js'
import { faultOf } from '../../../support/cli/support.js'

const REGION = 'eu-west-1'
const never = new AbortController().signal
const ubuntu = {
  owner: '099720109477',
  name: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*',
  architecture: 'x86_64',
} as const
let aws: TestAws
const before = { ...process.env }

beforeAll(async () => {
  aws = await TestAws.start()
  Object.assign(process.env, aws.env)
})
afterEach(() => aws.obey())
afterAll(async () => {
  process.env = before
  await aws.stop()
})

const tagsOf = (lab: string) => ({ 'distrolab-lab': lab, 'distrolab-backend': '0a1b2c3d' })
const labAt = (lab: string, incarnation?: string) => ({
  region: REGION,
  name: lab,
  machines: [`distrolab-0a1b2c3d-${lab}-main`],
  tags: { ...tagsOf(lab), ...(incarnation === undefined ? {} : { 'distrolab-incarnation': incarnation }) },
})

/** What a lab leaves when nobody knows of it any more: an instance with its disk, a group and a key. */
async function makeLab(lab: string): Promise<string> {
  const tags = { ...tagsOf(lab), Name: `distrolab-0a1b2c3d-${lab}-main`, 'distrolab-expires': 'soon' }
  const TagSpecifications = (...types: ResourceType[]) =>
    types.map((ResourceType) => ({
      ResourceType,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }))
  return aws.with(REGION, async (client) => {
    const { GroupId = '' } = await client.send(
      new CreateSecurityGroupCommand({
        GroupName: lab,
        Description: lab,
        TagSpecifications: TagSpecifications('security-group'),
      }),
    )
    const PublicKeyMaterial = Buffer.from(generateKeyPair(lab).public)
    await client.send(
      new ImportKeyPairCommand({
        KeyName: lab,
        PublicKeyMaterial,
        TagSpecifications: TagSpecifications('key-pair'),
      }),
    )
    const image = await findNewestImage(REGION, ubuntu)
    const { Instances = [] } = await client.send(
      new RunInstancesCommand({
        ImageId: image?.id,
        MinCount: 1,
        MaxCount: 1,
        KeyName: lab,
        SecurityGroupIds: [GroupId],
        TagSpecifications: TagSpecifications('instance', 'volume'),
      }),
    )
    return Instances[0]?.InstanceId ?? ''
  })
}

const fail = (): never => {
  throw new Error('nothing was asked for')
}

const removeAll = (lab: string, refused: string[] = []) =>
  removeThings(labAt(lab), {
    signal: never,
    onRefused: ({ kind }, { fault }) => refused.push(`${kind}: ${fault.code}`),
  })

describe('an image', () => {
  test('is the newest that the selector means, with the disk that it needs', async () => {
    const image = await findNewestImage(REGION, ubuntu)
    expect(image).toEqual({
      id: expect.stringMatching(/^ami-/),
      name: ubuntu.name.replace('*', '0'),
      diskGiB: 15,
      createdAt: expect.any(String),
    })
    expect(await findImage(REGION, image?.id ?? '')).toEqual(image)
  })

  test('of an architecture that nobody publishes is none', async () => {
    expect(await findNewestImage(REGION, { ...ubuntu, name: 'nobody/*' })).toBeUndefined()
  })

  test('that a lab is pinned to and that is gone, is told as such', async () => {
    expect(await faultOf(findImage(REGION, 'ami-0123456789abcdef0'))).toMatchObject({
      code: 'cloud-image-gone',
    })
  })
})

describe('what AWS has of a lab', () => {
  test('is found by its tags, and all of it is removed; that of another lab stays', async () => {
    const id = await makeLab('mine')
    await makeLab('yours')
    const kinds = (await findThings(labAt('mine'))).map(({ kind }) => kind)
    expect(kinds.sort()).toEqual(['instance', 'key-pair', 'security-group', 'volume'])
    expect(await findInstances(REGION, tagsOf('mine'))).toMatchObject([{ id, state: 'running' }])
    expect(await removeAll('mine')).toEqual([])
    expect(await findThings(labAt('yours'))).toHaveLength(4)
    expect(await removeAll('yours')).toEqual([])
    expect(await aws.made(REGION)).toEqual(nothingMade)
  })

  test('is told from what only has its names, which stays', async () => {
    await makeLab('twin')
    const remains = await removeThings(labAt('twin', 'c0ffee123456'), { signal: never, onRefused: fail })
    expect(remains.map(({ kind, isOurs }) => [kind, isOurs]).sort()).toEqual([
      ...[['instance', false], ['key-pair', false], ['security-group', false]], // prettier-ignore
    ])
    expect(await findThings(labAt('twin'))).toHaveLength(4)
    expect(await removeAll('twin')).toEqual([])
  })

  test('and does not let go is returned, with the reason told', async () => {
    await makeLab('kept')
    aws.refuse('DeleteKeyPair', 403, 'UnauthorizedOperation', 'You are not authorized.')
    const refused: string[] = []
    expect(await removeAll('kept', refused)).toEqual([
      { kind: 'key-pair', id: expect.stringMatching(/^key-/), name: 'kept', isOurs: true },
    ])
    expect(refused).toEqual(['key-pair: cloud-forbidden'])
    aws.obey()
    expect(await removeAll('kept')).toEqual([])
  })

  test('is not taken for nothing when AWS may not be asked', async () => {
    aws.refuse('DescribeVolumes', 403, 'UnauthorizedOperation', 'You are not authorized.')
    expect(await faultOf(removeAll('any'))).toMatchObject({ code: 'cloud-forbidden', provider: 'aws' })
  })
})

describe('a machine', () => {
  test('that is off is switched on, and has an address; its expiry is marked on everything', async () => {
    const id = await makeLab('off')
    const tags = tagsOf('off')
    await stopInstance(REGION, tags, never)
    expect(await findInstances(REGION, tags)).toMatchObject([{ state: 'stopped' }])
    const address = await startInstance(REGION, tags, never)
    expect(await findInstances(REGION, tags)).toMatchObject([{ state: 'running', address }])
    await markExpiry(REGION, { instances: [id], others: [] }, '2026-11-21T14:00:00.000Z')
    expect(
      await findInstances(REGION, { ...tags, 'distrolab-expires': '2026-11-21T14:00:00.000Z' }),
    ).toHaveLength(1)
    const { InstanceInitiatedShutdownBehavior: behaviour } = await aws.with(REGION, (client) =>
      client.send(
        new DescribeInstanceAttributeCommand({
          InstanceId: id,
          Attribute: 'instanceInitiatedShutdownBehavior',
        }),
      ),
    )
    expect(behaviour?.Value).toBe('terminate')
    expect(await readConsole(REGION, id, 3)).not.toBe('')
    await removeAll('off')
  })

  test('that is not there cannot be switched on', async () => {
    const fault = await faultOf(startInstance(REGION, { Name: 'nobody' }, never))
    expect(fault).toEqual({ code: 'cloud-machine-missing', provider: 'aws', machine: 'nobody' })
  })
})

test.each([
  [400, 'RequestExpired', 'cloud-credentials-refused'],
  [401, 'AuthFailure', 'cloud-region-disabled'],
  [503, 'RequestLimitExceeded', 'cloud-throttled'],
  [500, 'InternalError', 'cloud-not-ready'],
  [400, 'MalformedName', 'cloud-failed'],
])('an answer %d %s is %s', async (status, name, code) => {
  aws.refuse('DescribeInstances', status, name, 'No.')
  const error = await findInstances(REGION, tagsOf('any')).catch((caught: unknown) => caught)
  expect(error).toBeInstanceOf(LabError)
  expect((error as LabError).fault).toMatchObject({
    code,
    provider: 'aws',
    reason: expect.stringContaining(name),
  })
})

test('one that never answers is out of reach, and is not waited for', async () => {
  aws.proxy.plan(() => 'silent before')
  expect(await faultOf(checkAwsAccount(never))).toMatchObject({ code: 'cloud-unreachable', provider: 'aws' })
})
