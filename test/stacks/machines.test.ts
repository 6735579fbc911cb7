import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { loadCatalog } from '../../distro-catalog/load.js'
import { cloudNames, type CloudName } from '../../distro-catalog/provider-names.js'
import { resolveDistro, resolveProvider } from '../../distro-catalog/resolve.js'
import { resolveSize } from '../../distro-catalog/size.js'
import { synthesiseLab } from '../../stacks/app.js'
import { cloudSpecOf, type CloudChanges } from '../support/stacks/cloud-labs.js'
import { labSpec } from '../support/stacks/lab-plan.js'

type Named = Readonly<Record<string, Readonly<Record<string, unknown>>>>
interface Lab {
  readonly resource: Readonly<Record<string, Named>>
  readonly data?: Readonly<Record<string, Named>>
}

const INSTANCE = {
  aws: { type: 'aws_instance', size: 'instance_type', image: 'ami' },
  azure: { type: 'azurerm_linux_virtual_machine', size: 'size', image: 'source_image_reference' },
  google: { type: 'google_compute_instance', size: 'machine_type', image: 'boot_disk' },
} as const

let catalog: Catalog
beforeAll(async () => {
  catalog = await loadCatalog()
})

describe.each(cloudNames)('machines of a lab on %s', (provider) => {
  const machinesOf = async (imageIds: readonly (string | null)[]): Promise<[Named, string[]]> => {
    const large = resolveSize(resolveProvider(catalog, provider), { size: 'large' })
    const [imageId = null, other = null] = imageIds
    const target = { name: 'target', distro: resolveDistro(catalog, 'ubuntu'), size: large, imageId: other }
    const changes = { imageId, machines: ['main', target, 'third'] }
    const text = await synthesiseLab(cloudSpecOf(catalog, { distro: 'debian', provider }, changes))
    const { resource, data = {} } = JSON.parse(text) as Lab
    const lookups = Object.values(data).flatMap((named) => Object.keys(named))
    return [resource[INSTANCE[provider].type] ?? {}, lookups.filter((name) => name.startsWith('lab_image'))]
  }

  test('each have their own size and image, which those of the same share', async () => {
    const [{ main, target, third }, lookups] = await machinesOf([null, null])
    const { size, image } = INSTANCE[provider]
    expect(target?.[size]).not.toBe(main?.[size])
    expect(target?.[image]).not.toEqual(main?.[image])
    expect([third?.[size], third?.[image]]).toEqual([main?.[size], main?.[image]])
    expect(lookups).toEqual(['lab_image', 'lab_image_2'])
  })

  test('are pinned each to its own image', async () => {
    const ids = {
      aws: ['ami-0aaaaaaa', 'ami-0bbbbbbb'],
      azure: ['Debian:debian-13:13:1.2.3', 'Canonical:ubuntu:server:4.5.6'],
      google: ['projects/p/global/images/a', 'projects/p/global/images/b'],
    }
    const [{ main, target }, lookups] = await machinesOf(ids[provider])
    const { image } = INSTANCE[provider]
    const [own = '', other = ''] = ids[provider].map((id) => id.slice(id.lastIndexOf(':') + 1))
    expect(JSON.stringify(main?.[image])).toContain(own)
    expect(JSON.stringify(target?.[image])).toContain(other)
    expect(lookups).toEqual([])
  })
})

describe('machines of one lab reach each other', () => {
  const resourcesOf = async (provider: CloudName, changes: CloudChanges) =>
    (JSON.parse(await synthesiseLab(cloudSpecOf(catalog, { distro: 'debian', provider }, changes))) as Lab)
      .resource
  const PAIR: CloudChanges = { machines: ['source', 'target'] }

  test('on aws by a rule for members of their group', async () => {
    const members = expect.objectContaining({ self: true, protocol: '-1', cidr_blocks: [] })
    const ingressOf = async (changes: CloudChanges) =>
      (await resourcesOf('aws', changes))['aws_security_group']?.['lab_access']?.['ingress']
    expect(await ingressOf(PAIR)).toEqual([expect.objectContaining({ from_port: 22, self: false }), members])
    expect(await ingressOf({})).not.toContainEqual(members)
  })

  test('on google by a rule for machines with their tag', async () => {
    const pair = await resourcesOf('google', PAIR)
    const tags = pair['google_compute_instance']?.['source']?.['tags']
    expect(pair['google_compute_firewall']?.['lab_members']).toMatchObject({
      source_tags: tags,
      target_tags: tags,
      allow: [{ protocol: 'all' }],
    })
    expect((await resourcesOf('google', {}))['google_compute_firewall']).not.toHaveProperty('lab_members')
  })

  test('on azure by a rule for their group, and no other machine of the network reaches them', async () => {
    const pair = await resourcesOf('azure', {
      ...PAIR,
      network: { id: '/network', subnet: '/network/subnet' },
    })
    const group = '${azurerm_application_security_group.lab_members.id}'
    const bound = pair['azurerm_network_interface_application_security_group_association'] ?? {}
    expect(Object.keys(bound)).toEqual(['source_membership', 'target_membership'])
    expect(pair['azurerm_network_security_group']?.['lab_access']?.['security_rule']).toEqual([
      expect.objectContaining({ name: 'ssh', priority: 100 }),
      expect.objectContaining({
        access: 'Allow',
        priority: 200,
        source_application_security_group_ids: [group],
        destination_application_security_group_ids: [group],
      }),
      expect.objectContaining({ access: 'Deny', priority: 4096, source_address_prefix: 'VirtualNetwork' }),
    ])
    expect(await resourcesOf('azure', {})).not.toHaveProperty('azurerm_application_security_group')
  })

  test.each(cloudNames)('on %s at addresses that are outputs of their stack', async (provider) => {
    const outputOf = async (changes: CloudChanges) => {
      const text = await synthesiseLab(cloudSpecOf(catalog, { distro: 'debian', provider }, changes))
      return (JSON.parse(text) as { readonly output: Named }).output['machines']?.['value']
    }
    const private_ = { privateAddress: expect.stringMatching(/private|network_ip/) }
    expect(await outputOf(PAIR)).toMatchObject({ source: private_, target: private_ })
    expect(await outputOf({})).not.toMatchObject({ main: { privateAddress: expect.anything() } })
  })
})

test('machines of a local lab each have their own size and image', () => {
  const place = { user: 'debian', sshPort: 22_001 }
  const size = { instanceType: '4x8192', vcpus: 4, memoryMiB: 8192, diskGiB: 40 }
  const { machines } = labSpec({
    imageId: 'sha256:aa',
    machines: [
      { ...place, name: 'main', directory: '/m/main' },
      { ...place, name: 'target', directory: '/m/target', size, imageId: 'sha256:bb' },
    ],
  })
  expect(machines.map(({ vm }) => [vm.hostname, vm.vcpus, vm.diskGiB, vm.imageId])).toEqual([
    ['demo', 2, 10, 'sha256:aa'],
    ['target', 4, 40, 'sha256:bb'],
  ])
})
