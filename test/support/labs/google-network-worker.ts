import assert from 'node:assert/strict'
import { join } from 'node:path'
import { cloudProvider } from '../../services/cloud-providers.js'
import { CloudMachines } from '../../stand-in/cloud-machines.js'
import type { Instance } from '../../stand-in/google/compute.js'
import { GoogleCloud, nothingMade } from '../../stand-in/google/google-cloud.js'
import { googleMachineAt } from '../../stand-in/google/machines.js'
import { NetworkUser } from '../../stand-in/network-user.js'

// Runs in a network of its own, where every address is this computer's (`google-network.system.test.ts`).
const provider = await cloudProvider('google')
assert(provider !== undefined)
const cloud = await GoogleCloud.start()
const user = await NetworkUser.make(
  { ...cloud.env, TF_CLI_CONFIG_FILE: provider.configFile },
  `region: europe-west1\nproviderVersions: { google: ${provider.version} }\nallowFrom: 203.0.113.7\n`,
)
const machines = await CloudMachines.start(googleMachineAt(cloud), join(user.root, 'machines'))

function onlyInstance(): Instance {
  const { instances, disks, firewalls, networks, subnetworks } = cloud.made
  const counts = [instances, disks, firewalls, networks, subnetworks].map(({ length }) => length)
  assert.deepEqual(counts, [1, 1, 2, 0, 0])
  const [instance] = instances
  assert(instance !== undefined)
  return instance
}

const imageOf = (): unknown => cloud.made.disks[0]?.['sourceImage']
const addressOf = ({ networkInterfaces: [card] }: Instance) => card?.accessConfigs[0]?.natIP
const endOf = ({ scheduling }: Instance): number => Date.parse(String(scheduling['terminationTime']))

async function scenario(): Promise<void> {
  const up = (await user.ok('up', 'web', '--profile', 'debian-12-google', '-o', 'json')).json<{
    state: string
  }>()
  assert.equal(up.state, 'ready')
  const first = onlyInstance()
  assert.equal((await user.ok('exec', 'web', '--', 'echo', 'hello')).stdout, 'hello\n')
  const again = (await user.ok('up', 'web', '-o', 'json')).json<{ reused: boolean }>()
  assert.equal(again.reused, true)
  assert.equal(onlyInstance()['id'], first['id'])

  await user.ok('exec', 'web', '--', 'touch', 'kept')
  const { expiresAt } = (await user.ok('extend', 'web', '--ttl', '9h', '-o', 'json')).json<{
    expiresAt: string
  }>()
  const extended = onlyInstance()
  assert.equal(extended['id'], first['id'])
  assert.equal(endOf(extended), Date.parse(expiresAt))
  // Google moves the end of machines that are off: it has another address now, and the lab is used there.
  assert.notEqual(addressOf(extended), addressOf(first))
  assert.equal((await user.ok('exec', 'web', '--', 'ls')).stdout, 'kept\n')
  const rules = cloud.made.firewalls

  await user.ok('swap', 'web', 'fedora-44')
  const second = onlyInstance()
  assert.notEqual(second['id'], first['id'])
  assert.equal(second.name, first.name)
  assert.match(String(imageOf()), /fedora-cloud-44/)
  assert.equal(endOf(second), Date.parse(expiresAt))
  assert.deepEqual(
    cloud.made.firewalls.map(({ id, sourceRanges }) => ({ id, sourceRanges })),
    rules.map(({ id, sourceRanges }) => ({ id, sourceRanges })),
  )
  assert.equal((await user.ok('exec', 'web', '--', 'touch', 'mine')).code, 0)

  cloud.publish('projects/fedora-cloud/global/images/family/fedora-cloud-44-x86-64')
  const pinned = imageOf()
  const reset = (await user.ok('reset', 'web', '-o', 'json')).json<{ reset: { verified: string }[] }>()
  assert.deepEqual(
    reset.reset.map(({ verified }) => verified),
    ['marker-gone'],
  )
  const third = onlyInstance()
  assert.notEqual(third['id'], second['id'])
  assert.equal(imageOf(), pinned)
  assert.equal(endOf(third), Date.parse(expiresAt))
  assert.equal(
    (await user.ok('exec', 'web', '--', 'sh -c "ls mine 2>/dev/null || echo gone"')).stdout,
    'gone\n',
  )

  await user.ok('down', 'web')
  assert.deepEqual(cloud.made, nothingMade)
}

try {
  await scenario()
} finally {
  machines.stop()
  await cloud.stop()
  await user.remove()
}
