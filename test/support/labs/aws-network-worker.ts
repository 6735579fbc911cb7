import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Instance } from '@aws-sdk/client-ec2'
import { nothingMade, TestAws } from '../../services/aws.js'
import { awsProvider } from '../../services/aws-provider.js'
import { awsMachineAt, awsUserData } from '../../stand-in/aws-machines.js'
import { CloudMachines } from '../../stand-in/cloud-machines.js'
import { NetworkUser } from '../../stand-in/network-user.js'

// Runs in a network of its own, where every address is this computer's (`aws-network.system.test.ts`).
const REGION = 'eu-west-1'
const provider = await awsProvider()
assert(provider !== undefined)
const aws = await TestAws.start()
const user = await NetworkUser.make(
  { ...aws.env, TF_CLI_CONFIG_FILE: provider.configFile },
  `region: ${REGION}\nproviderVersions: { aws: ${provider.version} }\nallowFrom: 203.0.113.7\n`,
)
const machines = await CloudMachines.start(awsMachineAt(aws, REGION), join(user.root, 'machines'))

async function onlyInstance(): Promise<Instance & { readonly InstanceId: string }> {
  const { instances, groups, keys, volumes } = await aws.made(REGION)
  assert.deepEqual([instances.length, groups.length, keys.length, volumes.length], [1, 1, 1, 1])
  const [instance] = instances
  assert(instance?.InstanceId !== undefined)
  return { ...instance, InstanceId: instance.InstanceId }
}

const tagOf = ({ Tags = [] }: Instance, name: string): string | undefined =>
  Tags.find(({ Key }) => Key === name)?.Value
const epochOf = (time: string): number => Math.floor(Date.parse(time) / 1000)

async function scenario(): Promise<void> {
  const up = (await user.ok('up', 'web', '--profile', 'debian-12-aws', '-o', 'json')).json<{
    state: string
  }>()
  assert.equal(up.state, 'ready')
  const first = await onlyInstance()
  assert.equal((await user.ok('exec', 'web', '--', 'echo', 'hello')).stdout, 'hello\n')
  const again = (await user.ok('up', 'web', '-o', 'json')).json<{ reused: boolean }>()
  assert.equal(again.reused, true)

  const { expiresAt } = (await user.ok('extend', 'web', '--ttl', '9h', '-o', 'json')).json<{
    expiresAt: string
  }>()
  assert.equal(tagOf(await onlyInstance(), 'distrolab-expires'), expiresAt)
  const told = await readFile(join(user.root, 'machines', first.InstanceId, 'guest', 'sudo.log'), 'utf8')
  assert(told.includes(`echo ${epochOf(expiresAt)} >/etc/distrolab-expires`), told)

  await user.ok('swap', 'web', 'fedora-44')
  const second = await onlyInstance()
  assert.notEqual(second.InstanceId, first.InstanceId)
  assert.notEqual(second.ImageId, first.ImageId)
  assert.deepEqual(second.SecurityGroups, first.SecurityGroups)
  assert.equal(tagOf(second, 'Name'), tagOf(first, 'Name'))
  // It is told of its own time, not of the one that the first machine was made with.
  const files = (await awsUserData(aws, REGION, second.InstanceId))['write_files'] as { content: string }[]
  assert.equal(files[0]?.content, `${epochOf(expiresAt)}\n`)
  assert.equal((await user.ok('exec', 'web', '--', 'touch', 'mine')).code, 0)

  const reset = (await user.ok('reset', 'web', '-o', 'json')).json<{ reset: { verified: string }[] }>()
  assert.deepEqual(
    reset.reset.map(({ verified }) => verified),
    ['marker-gone'],
  )
  const third = await onlyInstance()
  assert.notEqual(third.InstanceId, second.InstanceId)
  assert.equal(third.ImageId, second.ImageId)
  assert.equal(
    (await user.ok('exec', 'web', '--', 'sh -c "ls mine 2>/dev/null || echo gone"')).stdout,
    'gone\n',
  )

  await user.ok('down', 'web')
  assert.deepEqual(await aws.made(REGION), nothingMade)
}

try {
  await scenario()
} finally {
  machines.stop()
  await aws.stop()
  await user.remove()
}
