import assert from 'node:assert/strict'
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cloudProvider } from '../../services/cloud-providers.js'
import { azureMachineAt, azureUserData } from '../../stand-in/azure-machines.js'
import { REGION, TestAzure } from '../../stand-in/azure.js'
import type { Thing } from '../../stand-in/azure-resources.js'
import { CloudMachines } from '../../stand-in/cloud-machines.js'
import { CliProcess, type CliRun } from '../../stand-in/lab-cli.js'

// Runs in a network of its own, where every address is this computer's (`azure-network.integration.test.ts`).
const root = await mkdtemp(join(tmpdir(), 'distrolab-azure-network-'))
const azure = await TestAzure.start()
const machines = await CloudMachines.start(azureMachineAt(azure), join(root, 'machines'))
const provider = await cloudProvider('azurerm')
assert(provider !== undefined)
const { PATH, DISTROLAB_TOFU } = process.env
const env = {
  ...{
    PATH,
    DISTROLAB_TOFU,
    HOME: join(root, 'user'),
    ...azure.env,
    TF_CLI_CONFIG_FILE: provider.configFile,
  },
  ...{ DISTROLAB_HOME: join(root, 'home'), DISTROLAB_CACHE: join(root, 'cache') },
  DISTROLAB_CONFIG_HOME: join(root, 'config'),
}
await mkdir(env.DISTROLAB_CONFIG_HOME)
await writeFile(
  join(env.DISTROLAB_CONFIG_HOME, 'config.yaml'),
  `region: ${REGION}\nproviderVersions: { azurerm: ${provider.version} }\nallowFrom: 203.0.113.7\n`,
)

async function ok(...args: string[]): Promise<CliRun> {
  const began = performance.now()
  const result = await new CliProcess(args, env, {}).done
  process.stderr.write(`${args.join(' ')}: ${((performance.now() - began) / 1000).toFixed(1)} s\n`)
  assert.equal(result.code, 0, `${args.join(' ')}\n${result.stdout}${result.stderr}`)
  return result
}

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
  const up = (await ok('up', 'web', '--profile', 'debian-12-azure', '-o', 'json')).json<{ state: string }>()
  assert.equal(up.state, 'ready')
  const first = onlyMachine()
  assert.equal((await ok('exec', 'web', '--', 'echo', 'hello')).stdout, 'hello\n')
  const again = (await ok('up', 'web', '-o', 'json')).json<{ reused: boolean }>()
  assert.equal(again.reused, true)

  type Extended = { expiresAt: string; enforcers: unknown }
  const armed = [
    { name: 'timer in the machine', state: 'armed' },
    { name: 'scheduled shutdown', state: 'armed' },
  ]
  const { expiresAt, enforcers } = (await ok('extend', 'web', '--ttl', '9h', '-o', 'json')).json<Extended>()
  assert.deepEqual(enforcers, armed)
  assert.equal(onlyMachine().tags?.['distrolab-expires'], expiresAt)
  assert.deepEqual(schedule()?.['dailyRecurrence'], { time: expiresAt.slice(11, 16).replace(':', '') })
  const log = join(root, 'machines', String(first.properties['vmId']), 'guest', 'sudo.log')
  const told = await readFile(log, 'utf8')
  assert(told.includes(`echo ${epochOf(expiresAt)} >/etc/distrolab-expires`), told)
  const far = (await ok('extend', 'web', '--ttl', '3d', '-o', 'json')).json<Extended>()
  assert.deepEqual(far.enforcers, armed.slice(0, 1))
  assert.equal(schedule()?.['status'], 'Disabled')

  await ok('swap', 'web', 'fedora-44')
  const second = onlyMachine()
  assert.notEqual(second.properties['vmId'], first.properties['vmId'])
  assert.notDeepEqual(imageOf(second), imageOf(first))
  assert.equal(second.name, first.name)
  // It is told of its own time, not of the one that the first machine was made with.
  const files = azureUserData(second)['write_files'] as { content: string }[]
  assert.equal(files[0]?.content, `${epochOf(far.expiresAt)}\n`)
  assert.equal((await ok('exec', 'web', '--', 'touch', 'mine')).code, 0)
  assert.deepEqual((await ok('extend', 'web', '--ttl', '2h', '-o', 'json')).json<Extended>().enforcers, armed)

  const reset = (await ok('reset', 'web', '-o', 'json')).json<{ reset: { verified: string }[] }>()
  assert.deepEqual(
    reset.reset.map(({ verified }) => verified),
    ['marker-gone'],
  )
  const third = onlyMachine()
  assert.notEqual(third.properties['vmId'], second.properties['vmId'])
  assert.deepEqual(imageOf(third), imageOf(second))
  assert.equal((await ok('exec', 'web', '--', 'sh -c "ls mine 2>/dev/null || echo gone"')).stdout, 'gone\n')

  await ok('down', 'web')
  assert.deepEqual(azure.made, [])
}

try {
  await scenario()
} finally {
  machines.stop()
  await azure.stop()
  await rm(root, { recursive: true, force: true })
}
