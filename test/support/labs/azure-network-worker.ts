import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cloudProvider } from '../../services/cloud-providers.js'
import { azureMachineAt, azureUserData } from '../../stand-in/azure-machines.js'
import { REGION, TestAzure } from '../../stand-in/azure.js'
import type { Thing } from '../../stand-in/azure-resources.js'
import { CloudMachines } from '../../stand-in/cloud-machines.js'
import { NetworkUser } from '../../stand-in/network-user.js'

// Runs in a network of its own, where every address is this computer's (`azure-network.system.test.ts`).
const provider = await cloudProvider('azurerm')
assert(provider !== undefined)
const azure = await TestAzure.start()
const user = await NetworkUser.make(
  { ...azure.env, TF_CLI_CONFIG_FILE: provider.configFile },
  `region: ${REGION}\nproviderVersions: { azurerm: ${provider.version} }\nallowFrom: 203.0.113.7\n`,
)
const machines = await CloudMachines.start(azureMachineAt(azure), join(user.root, 'machines'))

const MADE = ['disks', 'networkInterfaces', 'networkSecurityGroups', 'publicIPAddresses', 'resourceGroups']
  .concat(['schedules', 'virtualMachines', 'virtualNetworks'])
  .sort()

/** As it is now: the stand-in goes on changing its own. */
function onlyMachine(): Thing {
  assert.deepEqual(
    azure.made.map((each) => each.split('/')[0]),
    MADE,
  )
  const machine = azure.machine()
  assert(machine !== undefined)
  return structuredClone(machine)
}

const schedule = () => azure.resources.all.find(({ type }) => type.endsWith('/schedules'))?.properties
const imageOf = ({ properties }: Thing) =>
  (properties['storageProfile'] as { imageReference: unknown }).imageReference
const epochOf = (time: string): number => Math.floor(Date.parse(time) / 1000)

async function scenario(): Promise<void> {
  const up = (await user.ok('up', 'web', '--profile', 'debian-12-azure', '-o', 'json')).json<{
    state: string
  }>()
  assert.equal(up.state, 'ready')
  const first = onlyMachine()
  assert.equal((await user.ok('exec', 'web', '--', 'echo', 'hello')).stdout, 'hello\n')
  const again = (await user.ok('up', 'web', '-o', 'json')).json<{ reused: boolean }>()
  assert.equal(again.reused, true)

  type Extended = { expiresAt: string; enforcers: unknown }
  const armed = [
    { name: 'timer in the machine', state: 'armed' },
    { name: 'scheduled shutdown', state: 'armed' },
  ]
  const { expiresAt, enforcers } = (
    await user.ok('extend', 'web', '--ttl', '9h', '-o', 'json')
  ).json<Extended>()
  assert.deepEqual(enforcers, armed)
  assert.equal(onlyMachine().tags?.['distrolab-expires'], expiresAt)
  assert.deepEqual(schedule()?.['dailyRecurrence'], { time: expiresAt.slice(11, 16).replace(':', '') })
  const log = join(user.root, 'machines', String(first.properties['vmId']), 'guest', 'sudo.log')
  const told = await readFile(log, 'utf8')
  assert(told.includes(`echo ${epochOf(expiresAt)} >/etc/distrolab-expires`), told)
  const far = (await user.ok('extend', 'web', '--ttl', '3d', '-o', 'json')).json<Extended>()
  assert.deepEqual(far.enforcers, armed.slice(0, 1))
  assert.equal(schedule()?.['status'], 'Disabled')

  await user.ok('swap', 'web', 'fedora-44')
  const second = onlyMachine()
  assert.notEqual(second.properties['vmId'], first.properties['vmId'])
  assert.notDeepEqual(imageOf(second), imageOf(first))
  assert.equal(second.name, first.name)
  // It is told of its own time, not of the one that the first machine was made with.
  const files = azureUserData(second)['write_files'] as { content: string }[]
  assert.equal(files[0]?.content, `${epochOf(far.expiresAt)}\n`)
  assert.equal((await user.ok('exec', 'web', '--', 'touch', 'mine')).code, 0)
  assert.deepEqual(
    (await user.ok('extend', 'web', '--ttl', '2h', '-o', 'json')).json<Extended>().enforcers,
    armed,
  )

  const reset = (await user.ok('reset', 'web', '-o', 'json')).json<{ reset: { verified: string }[] }>()
  assert.deepEqual(
    reset.reset.map(({ verified }) => verified),
    ['marker-gone'],
  )
  const third = onlyMachine()
  assert.notEqual(third.properties['vmId'], second.properties['vmId'])
  assert.deepEqual(imageOf(third), imageOf(second))
  assert.equal(
    (await user.ok('exec', 'web', '--', 'sh -c "ls mine 2>/dev/null || echo gone"')).stdout,
    'gone\n',
  )

  await user.ok('down', 'web')
  assert.deepEqual(azure.made, [])
}

try {
  await scenario()
} finally {
  machines.stop()
  await azure.stop()
  await user.remove()
}
