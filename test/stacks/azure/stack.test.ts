import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Catalog } from '../../../distro-catalog/catalog.js'
import { loadCatalog } from '../../../distro-catalog/load.js'
import { synthesiseLab } from '../../../stacks/app.js'
import type { CloudLabPlan } from '../../../stacks/cloud-plan.js'
import { cloudSpecOf, KEY, type CloudChanges, type Wanted } from '../../support/stacks/cloud-labs.js'
import { expectGolden } from '../../support/stacks/golden.js'

type Named = Readonly<Record<string, Readonly<Record<string, unknown>>>>
interface Lab {
  readonly resource: Readonly<Record<string, Named>>
  readonly data?: Readonly<Record<string, Named>>
  readonly provider: Readonly<Record<string, readonly Record<string, unknown>[]>>
}

const NETWORK =
  '/subscriptions/6f0c5a7e-1b1d-4a1c-9d3e-2f1f4c9b7a10/resourceGroups/net/providers/Microsoft.Network/virtualNetworks/prod'
const EXISTING = { id: NETWORK, subnet: `${NETWORK}/subnets/machines` }
const OWN_TAGS = { team: 'infra', 'Cost Center': '4711' }

let catalog: Catalog
beforeAll(async () => {
  catalog = await loadCatalog()
})
const synthesise = (wanted: Partial<Wanted>, changes?: CloudChanges): Promise<string> =>
  synthesiseLab(cloudSpecOf(catalog, { distro: 'debian', ...wanted, provider: 'azure' }, changes))
const labOf = async (wanted: Partial<Wanted>, changes?: CloudChanges): Promise<Lab> =>
  JSON.parse(await synthesise(wanted, changes)) as Lab
const machineOf = async (wanted: Partial<Wanted> = {}, changes?: CloudChanges) =>
  (await labOf(wanted, changes)).resource['azurerm_linux_virtual_machine']?.['main'] ?? {}

test.each([
  [{ distro: 'debian' }, 'debian.json', {}],
  [{ distro: 'fedora' }, 'fedora-gallery.json', { lifetime: null }],
  [{ distro: 'rocky', architecture: 'arm64' }, 'rocky-arm64-spot.json', { spot: true }],
  [{ distro: 'arch' }, 'arch-imported.json', { allowFrom: [] }],
  [{ distro: 'debian' }, 'debian-existing-network.json', { network: EXISTING, tags: OWN_TAGS }],
  [{ distro: 'debian' }, 'debian-two-machines.json', { machines: ['source', 'target'] }],
] as const)('a lab of %j is that of golden/%s', async (wanted, file, changes) => {
  await expectGolden(await synthesise(wanted, changes), `azure/golden/${file}`)
})

describe('who gets in', () => {
  const rulesOf = async (allowFrom: string[]) =>
    (await labOf({}, { allowFrom })).resource['azurerm_network_security_group']?.['lab_access']?.[
      'security_rule'
    ]

  test('only the allowed networks, and on port 22 alone', async () => {
    expect(await rulesOf(['203.0.113.7/32', '2001:db8::/64'])).toEqual([
      expect.objectContaining({
        access: 'Allow',
        direction: 'Inbound',
        protocol: 'Tcp',
        destination_port_range: '22',
        source_address_prefix: '',
        source_address_prefixes: ['203.0.113.7/32'],
      }),
    ])
  })

  test('without an allowed IPv4 network nobody', async () => {
    expect(await rulesOf([])).toEqual([])
    expect(await rulesOf(['2001:db8::/64'])).toEqual([])
  })

  test('the rules are bound to every card, and the address is closed until they are', async () => {
    const { resource } = await labOf({}, { machines: ['source', 'target'] })
    const bound = Object.values(resource['azurerm_network_interface_security_group_association'] ?? {})
    expect(bound).toHaveLength(2)
    for (const each of bound) {
      expect(each['network_security_group_id']).toBe('${azurerm_network_security_group.lab_access.id}')
    }
    for (const each of Object.values(resource['azurerm_public_ip'] ?? {})) {
      expect(each).toMatchObject({ sku: 'Standard', allocation_method: 'Static' })
    }
  })

  test('only with the lab’s key, never with a password', async () => {
    expect(await machineOf()).toMatchObject({
      disable_password_authentication: true,
      admin_ssh_key: [{ username: 'debian', public_key: KEY }],
    })
    expect(await machineOf()).not.toHaveProperty('admin_password')
  })
})

describe('a machine', () => {
  test('has no identity, no extensions and no boot diagnostics (the serial console needs them)', async () => {
    const machine = await machineOf()
    expect(machine).toMatchObject({ allow_extension_operations: false })
    expect(machine).not.toHaveProperty('identity')
    expect(machine).not.toHaveProperty('boot_diagnostics')
  })

  test('starts with secure boot and a virtual TPM where image and type allow it', async () => {
    expect(await machineOf()).toMatchObject({ secure_boot_enabled: true, vtpm_enabled: true })
    expect(await machineOf({ architecture: 'arm64' })).toMatchObject({ secure_boot_enabled: false })
    expect(await machineOf({ distro: 'arch' })).toMatchObject({ secure_boot_enabled: false })
  })

  test('has a disk that holds its image', async () => {
    expect((await machineOf())['os_disk']).toMatchObject({ disk_size_gb: 32 })
    expect((await machineOf({ distro: 'arch' }))['os_disk']).toMatchObject({
      disk_size_gb: '${max(32, data.azurerm_image.lab_image.os_disk[0].size_gb)}',
    })
  })

  test('gets user data in base64, templates and all', async () => {
    const publicKey = 'ssh-ed25519 AAAA ${a}'
    const machine = await machineOf({}, { publicKey })
    const userData = Buffer.from(String(machine['custom_data']), 'base64').toString()
    expect(userData).toMatch(/^#cloud-config\n/)
    expect(userData).toContain('- ssh-ed25519 AAAA ${a}')
    expect(machine['admin_ssh_key']).toEqual([{ username: 'debian', public_key: 'ssh-ed25519 AAAA $${a}' }])
  })

  test('switches itself off at its end', async () => {
    const machine = await machineOf(
      {},
      { lifetime: { expiresAt: '', epoch: 1_795_000_000, seconds: 90_000 } },
    )
    expect(Buffer.from(String(machine['custom_data']), 'base64').toString()).toContain(
      'content: |\n      1795000000',
    )
  })

  test('is stopped by the platform at its end, if that is within a day', async () => {
    const shutdownOf = async (lifetime: CloudLabPlan['lifetime']) =>
      (await labOf({}, { lifetime })).resource['azurerm_dev_test_global_vm_shutdown_schedule']
    const expiresAt = '2026-11-21T04:05:59.000Z'
    expect((await shutdownOf({ expiresAt, epoch: 0, seconds: 86_400 }))?.['main_shutdown']).toMatchObject({
      daily_recurrence_time: '0405',
      timezone: 'UTC',
      enabled: true,
      notification_settings: { enabled: false },
    })
    for (const lifetime of [{ expiresAt, epoch: 0, seconds: 86_401 }, null])
      expect((await shutdownOf(lifetime))?.['main_shutdown']).toMatchObject({ enabled: false })
  })
})

describe('the image', () => {
  test('of the Marketplace is resolved to a version, which then stays', async () => {
    const lab = await labOf({})
    expect(lab.data?.['azurerm_platform_image']?.['lab_image']).toMatchObject({
      publisher: 'Debian',
      offer: 'debian-13',
      sku: '13-gen2',
      location: 'westeurope',
    })
    expect(await machineOf()).toMatchObject({
      source_image_reference: { version: '${data.azurerm_platform_image.lab_image.version}' },
      lifecycle: { ignore_changes: ['custom_data', 'source_image_reference'] },
    })
    const pinned = await labOf({}, { imageId: 'Debian:debian-13:13-gen2:0.2026.1' })
    expect(pinned.data).toBeUndefined()
    expect(pinned.resource['azurerm_linux_virtual_machine']?.['main']).toMatchObject({
      source_image_reference: {
        publisher: 'Debian',
        offer: 'debian-13',
        sku: '13-gen2',
        version: '0.2026.1',
      },
      lifecycle: { ignore_changes: ['custom_data'] },
    })
  })

  test('that the team imported has nothing to buy, and starts without trusted launch', async () => {
    const imageId = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/images/rocky'
    const machine = await machineOf({ distro: 'rocky' }, { imageId })
    expect(machine).toMatchObject({ source_image_id: imageId, secure_boot_enabled: false })
    expect(machine).not.toHaveProperty('plan')
  })

  test('with a plan is bought under it', async () => {
    expect((await machineOf({ distro: 'rocky' }))['plan']).toEqual({
      name: '10-base',
      product: 'rockylinux-x86_64',
      publisher: 'resf',
    })
    expect(await machineOf()).not.toHaveProperty('plan')
  })

  test('of a community gallery and an imported one go by their id', async () => {
    const gallery = 'Fedora-5e266ba4-2250-406d-adad-5d73860d958f'
    const id = `/communityGalleries/${gallery}/images/Fedora-Cloud-44-x64/versions/latest`
    expect(await machineOf({ distro: 'fedora' })).toMatchObject({ source_image_id: id })
    expect(await machineOf({ distro: 'fedora' }, { imageId: id })).toMatchObject({ source_image_id: id })
    expect(await machineOf({ distro: 'arch' })).toMatchObject({
      source_image_id: '${data.azurerm_image.lab_image.id}',
    })
  })
})

test('in an existing network the lab has rules and cards of its own, and of the network nothing is declared', async () => {
  const { resource } = await labOf({}, { network: EXISTING })
  expect(Object.keys(resource)).not.toContain('azurerm_virtual_network')
  expect(resource['azurerm_network_interface']?.['main_card']).toMatchObject({
    ip_configuration: [{ subnet_id: EXISTING.subnet }],
  })
  expect(resource['azurerm_network_security_group']).toHaveProperty('lab_access')
})

test('own and default are the same: there is no default network', async () => {
  expect(await synthesise({}, { network: 'own' })).toBe(await synthesise({}, { network: 'default' }))
})

test('the user’s own tags are on everything', async () => {
  const { resource } = await labOf({}, { tags: OWN_TAGS })
  const { azurerm_network_interface_security_group_association: _untaggable, ...taggable } = resource
  for (const each of Object.values(taggable).flatMap((named) => Object.values(named)))
    expect(each['tags']).toMatchObject({ ...OWN_TAGS, 'distrolab-lab': 'demo' })
})

test('everything is in one group, carries the lab’s tags, and goes with its contents', async () => {
  const lab = await labOf({}, { machines: ['source', 'target'] })
  const {
    azurerm_network_interface_security_group_association: _rules,
    azurerm_network_interface_application_security_group_association: _membership,
    ...taggable
  } = lab.resource
  for (const each of Object.values(taggable).flatMap((named) => Object.values(named))) {
    expect(each['tags']).toEqual({
      'distrolab-lab': 'demo',
      'distrolab-backend': '0a1b2c3d4e5f',
      'distrolab-incarnation': 'c0ffee123456',
      'distrolab-expires': '2026-11-21T14:00:00.000Z',
    })
  }
  expect(lab.provider['azurerm']?.[0]).toMatchObject({
    features: [
      {
        resource_group: [{ prevent_deletion_if_contains_resources: false }],
        virtual_machine: [{ delete_os_disk_on_deletion: true, skip_shutdown_and_force_delete: true }],
      },
    ],
  })
})

test('the subscription and the credentials are for the environment to say', async () => {
  expect(Object.keys((await labOf({})).provider['azurerm']?.[0] ?? {})).toEqual([
    ...['resource_provider_registrations', 'resource_providers_to_register', 'features'],
  ])
})
