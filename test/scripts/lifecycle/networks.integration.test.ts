import { join } from 'node:path'
import { DescribeSubnetsCommand, DescribeVpcsCommand } from '@aws-sdk/client-ec2'
import { expect, jest, test } from '@jest/globals'
import { nothingMade as nothingAtAws, TestAws } from '../../services/aws.js'
import { SUBSCRIPTION, TestAzure } from '../../stand-in/azure.js'
import { GoogleCloud, nothingMade } from '../../stand-in/google/google-cloud.js'
import { useCloud } from '../../stand-in/use-cloud.js'
import { useSandboxes, type Sandbox } from '../../stand-in/sandbox.js'
import { writeLabEngine } from '../../stand-in/write-lab-engine.js'

jest.setTimeout(120_000)
const makeSandbox = useSandboxes()
const aws = await useCloud(TestAws.start())
const google = await useCloud(GoogleCloud.start())
const azure = await useCloud(TestAzure.start())

/** A user of a cloud's stand-in, whose engine makes labs through its API. */
async function userOf(cloud: { readonly env: Readonly<Record<string, string>> }, region: string) {
  const box = await makeSandbox()
  await box.configure(`region: ${region}\nallowFrom: 203.0.113.7\ntags: { team: infra }\n`)
  const file = join(box.root, 'bin', 'engine')
  await writeLabEngine(file)
  const env = { ...cloud.env, DISTROLAB_TOFU: file }
  const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    box.run(args, { env: { ...env, ...more } })
  const ok = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await run(args)
    if (code !== 0) throw new Error(`${args.join(' ')} -> ${code}\n${stderr}`)
  }
  return { box, run, ok }
}

const recordOf = (box: Sandbox) => box.record('web')

test('on AWS a network of the lab’s own is recorded, kept by up, and removed also when the engine forgot it', async () => {
  const { box, run, ok } = await userOf(aws, 'eu-west-1')
  const networks = () =>
    aws.with('eu-west-1', async (client) => {
      const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({}))
      const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}))
      return [...Vpcs, ...Subnets].map(({ Tags = [] }) => Tags.map(({ Key, Value }) => `${Key}=${Value}`))
    })
  const before = await networks()
  const up = [
    'up',
    'web',
    '--profile',
    'debian-12-aws',
    '--wait',
    'none',
    '--network',
    'own',
    '--tag',
    'env=test',
  ]
  await ok(...up)
  expect(await recordOf(box)).toMatchObject({
    network: { given: 'own' },
    tags: { team: 'infra', env: 'test', 'distrolab-lab': 'web' },
  })
  const marked = (await networks()).filter((tags) => tags.includes('distrolab-lab=web'))
  expect(marked).toHaveLength(2)
  for (const tags of marked) expect(tags).toEqual(expect.arrayContaining(['team=infra', 'env=test']))
  for (const [flag, value] of [
    ['--network', 'default'],
    ['--tag', 'env=prod'],
  ] as const) {
    const { code, stderr } = await run(['up', 'web', flag, value])
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${flag}: web was created with `)])
  }
  await ok('down', 'web')
  expect(await networks()).toEqual(before)
  expect((await run(up, { STAND_IN_ENGINE_FAILS: '1' })).code).toBe(1)
  expect(await networks()).not.toEqual(before)
  await ok('down', 'web')
  expect([await networks(), await aws.made('eu-west-1')]).toEqual([before, nothingAtAws])
})

test('on Google a network of the lab’s own is removed also when the engine forgot it', async () => {
  const { run, ok } = await userOf(google, 'europe-west1')
  const up = ['up', 'web', '--profile', 'debian-12-google', '--wait', 'none', '--network', 'own']
  await ok(...up)
  const [counts] = [google.made].map(({ networks, subnetworks }) => [networks.length, subnetworks.length])
  expect(counts).toEqual([1, 1])
  expect(google.made.instances[0]?.labels).toMatchObject({ team: 'infra' })
  await ok('down', 'web')
  expect(google.made).toEqual(nothingMade)
  expect((await run(up, { STAND_IN_ENGINE_FAILS: '1' })).code).toBe(1)
  await ok('down', 'web')
  expect(google.made).toEqual(nothingMade)
})

test('on Azure a network of the user’s is recorded with its subnet, and is there after down', async () => {
  const { box, run, ok } = await userOf(azure, 'westeurope')
  const group = `/subscriptions/${SUBSCRIPTION}/resourceGroups/Net`
  const id = `${group}/providers/Microsoft.Network/virtualNetworks/prod`
  azure.resources.put(group, { location: 'westeurope' })
  const subnets = [{ name: 'machines', properties: {} }]
  azure.resources.put(id, { location: 'westeurope', properties: { subnets } })
  const up = ['up', 'web', '--profile', 'debian-12-azure', '--wait', 'none', '--network']
  const refused = await run([...up, 'Net/nosuch'])
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining('--network Net/nosuch: the subscription has no such network'),
  ])
  await ok(...up, 'Net/prod')
  expect(await recordOf(box)).toMatchObject({
    network: { given: 'Net/prod', at: { id, subnet: `${id}/subnets/machines` } },
  })
  await ok('down', 'web')
  expect(azure.resources.all.map((each) => each.id)).toEqual([group, id])
})
