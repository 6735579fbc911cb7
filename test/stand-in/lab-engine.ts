import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import {
  CreateSecurityGroupCommand,
  DeleteKeyPairCommand,
  DeleteSecurityGroupCommand,
  EC2Client,
  ImportKeyPairCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  type ResourceType,
} from '@aws-sdk/client-ec2'
import { changeAzure } from '../../scripts/clouds/azure/client.js'
import { openCompute } from '../../scripts/clouds/google/client.js'

/**
 * In the place of OpenTofu's apply and destroy with a cloud's provider: it makes and removes what of a lab has a name or marks, through the
 * cloud's API, keeps a state of OpenTofu's form, and speaks as OpenTofu does. `STAND_IN_ENGINE_FAILS`: it fails when all is
 * made, and remembers nothing of it, as one that was killed.
 */

type Tags = Readonly<Record<string, string>>
interface Declared {
  readonly name: string
  readonly key_name?: string
  readonly public_key?: string
  readonly ami?: string
  readonly location?: string
  readonly zone?: string
  readonly description?: string
  readonly tags?: Tags
  readonly labels?: Tags
}
interface Configuration {
  readonly terraform: { readonly backend: { readonly local: { readonly path: string } } }
  readonly provider: Readonly<Record<string, readonly { readonly region?: string }[]>>
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Declared>>>>
}
/** What was made, by what it is removed by. */
interface Made {
  readonly type: string
  readonly id: string
}

const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)
const configuration = JSON.parse(readFileSync('cdk.tf.json', 'utf8')) as Configuration
const { path } = configuration.terraform.backend.local
const provider = Object.keys(configuration.provider)[0] ?? ''
const region = configuration.provider[provider]?.[0]?.region ?? ''
const declared = (type: string): Declared[] => Object.values(configuration.resource?.[type] ?? {})

const SUBSCRIPTION = process.env['ARM_SUBSCRIPTION_ID'] ?? ''
const COMPUTE = 'providers/Microsoft.Compute/virtualMachines'

const make: Readonly<Record<string, () => Promise<Made[]>>> = {
  async aws() {
    const client = new EC2Client({ region })
    const marks = (tags: Tags = {}, ...types: ResourceType[]) =>
      types.map((ResourceType) => ({
        ...{ ResourceType, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) },
      }))
    const made: Made[] = []
    for (const { key_name: KeyName = '', public_key = '', tags } of declared('aws_key_pair')) {
      const PublicKeyMaterial = Buffer.from(public_key)
      const TagSpecifications = marks(tags, 'key-pair')
      await client.send(new ImportKeyPairCommand({ KeyName, PublicKeyMaterial, TagSpecifications }))
      made.push({ type: 'aws_key_pair', id: KeyName })
    }
    const SecurityGroupIds: string[] = []
    for (const { name: GroupName, tags } of declared('aws_security_group')) {
      const TagSpecifications = marks(tags, 'security-group')
      const request = { GroupName, Description: 'lab', TagSpecifications }
      const { GroupId = '' } = await client.send(new CreateSecurityGroupCommand(request))
      SecurityGroupIds.push(GroupId)
      made.unshift({ type: 'aws_security_group', id: GroupId })
    }
    for (const { tags } of declared('aws_instance')) {
      const TagSpecifications = marks(tags, 'instance', 'volume')
      const request = { MinCount: 1, MaxCount: 1, SecurityGroupIds, TagSpecifications }
      const { Instances } = await client.send(
        new RunInstancesCommand({ ...request, ImageId: 'ami-1a2b3c4d' }),
      )
      made.unshift({ type: 'aws_instance', id: Instances?.[0]?.InstanceId ?? '' })
    }
    return made
  },

  async azurerm() {
    const made: Made[] = []
    for (const { name, location, tags } of declared('azurerm_resource_group')) {
      const body = { location, tags }
      await changeAzure('PUT', `/resourceGroups/${name}`, { apiVersion: '2021-04-01', body })
      made.push({
        type: 'azurerm_resource_group',
        id: `/subscriptions/${SUBSCRIPTION}/resourceGroups/${name}`,
      })
      for (const machine of declared('azurerm_linux_virtual_machine'))
        await changeAzure('PUT', `/resourceGroups/${name}/${COMPUTE}/${machine.name}`, {
          apiVersion: '2024-07-01',
          body: { location, tags, properties: { storageProfile: { osDisk: { name: 'disk' } } } },
        })
    }
    return made
  },

  async google() {
    const compute = openCompute()
    const made: Made[] = []
    for (const { name, description } of declared('google_compute_firewall')) {
      await compute.change('POST', 'global/firewalls', { name, description })
      made.push({ type: 'google_compute_firewall', id: `global/firewalls/${name}` })
    }
    for (const { name, zone, labels } of declared('google_compute_instance')) {
      const sourceImage = 'projects/debian-cloud/global/images/debian-12-v1'
      const disks = [{ boot: true, initializeParams: { sourceImage, diskSizeGb: '20', labels } }]
      await compute.change('POST', `zones/${zone}/instances`, {
        ...{ name, labels, disks, scheduling: {}, metadata: { items: [] } },
        networkInterfaces: [{ network: 'global/networks/default' }],
      })
      made.unshift({ type: 'google_compute_instance', id: `zones/${zone}/instances/${name}` })
    }
    return made
  },
}

const remove: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  aws_instance: (id) => new EC2Client({ region }).send(new TerminateInstancesCommand({ InstanceIds: [id] })),
  aws_security_group: (id) => new EC2Client({ region }).send(new DeleteSecurityGroupCommand({ GroupId: id })),
  aws_key_pair: (id) => new EC2Client({ region }).send(new DeleteKeyPairCommand({ KeyName: id })),
  azurerm_resource_group: (id) => changeAzure('DELETE', id, { apiVersion: '2021-04-01' }),
  google_compute_firewall: (id) => openCompute().change('DELETE', id),
  google_compute_instance: (id) => openCompute().change('DELETE', id),
}

async function apply(): Promise<void> {
  if (!existsSync(path)) {
    const made = (await make[provider]?.()) ?? []
    if (process.env['STAND_IN_ENGINE_FAILS'] !== undefined) throw new Error('killed')
    writeFileSync(path, JSON.stringify(stateOf(made)))
  }
  const machine = { address: '192.0.2.7', port: 22, user: 'admin' }
  say({ type: 'outputs', outputs: { machines: { value: { main: machine } } } })
}

const stateOf = (made: readonly Made[]) => ({
  ...{ version: 4, terraform_version: '1.12.6', serial: 1, lineage: 'stand-in', outputs: {} },
  resources: made.map(({ type, id }) => ({
    ...{ mode: 'managed', type, name: 'main' },
    provider: `provider["registry.opentofu.org/hashicorp/${provider}"]`,
    instances: [{ schema_version: 0, attributes: { id } }],
  })),
})

async function destroy(): Promise<void> {
  if (!existsSync(path)) return
  const { resources } = JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof stateOf>
  for (const { type, instances } of resources)
    for (const { attributes } of instances) await remove[type]?.(attributes.id)
  rmSync(path)
}

const [verb = ''] = process.argv.slice(2)
try {
  if (verb === 'apply') await apply()
  if (verb === 'destroy') await destroy()
} catch (error) {
  say({ '@level': 'error', type: 'diagnostic', diagnostic: { severity: 'error', summary: String(error) } })
  process.exitCode = 1
}
