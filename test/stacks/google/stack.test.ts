import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Catalog } from '../../../distro-catalog/catalog.js'
import { loadCatalog, loadRegions } from '../../../distro-catalog/load.js'
import { synthesiseLab } from '../../../stacks/app.js'
import { firstZone } from '../../../stacks/google/plan.js'
import { cloudSpecOf, KEY, type CloudChanges, type Wanted } from '../../support/stacks/cloud-labs.js'
import { expectGolden } from '../../support/stacks/golden.js'

type Named = Readonly<Record<string, Readonly<Record<string, unknown>>>>
interface Lab {
  readonly resource: Readonly<Record<string, Named>>
  readonly data?: Readonly<Record<string, Named>>
  readonly provider: Named
}

const EXISTING = { id: 'prod', subnet: 'machines' }

let catalog: Catalog
beforeAll(async () => {
  catalog = await loadCatalog()
})
const synthesise = (wanted: Partial<Wanted>, changes?: CloudChanges): Promise<string> =>
  synthesiseLab(cloudSpecOf(catalog, { distro: 'debian', ...wanted, provider: 'google' }, changes))
const labOf = async (wanted: Partial<Wanted>, changes?: CloudChanges): Promise<Lab> =>
  JSON.parse(await synthesise(wanted, changes)) as Lab
const instanceOf = async (changes?: CloudChanges, wanted: Partial<Wanted> = {}) =>
  (await labOf(wanted, changes)).resource['google_compute_instance']?.['main'] ?? {}

test.each([
  [{ distro: 'ubuntu' }, 'ubuntu.json', {}],
  [{ distro: 'fedora' }, 'fedora-own-network.json', { network: 'own', lifetime: null }],
  [{ distro: 'debian' }, 'debian-existing-network.json', { network: EXISTING, tags: { team: 'infra' } }],
  [{ distro: 'rocky', architecture: 'arm64' }, 'rocky-arm64-spot.json', { spot: true }],
  [{ distro: 'debian' }, 'debian-two-machines.json', { machines: ['source', 'target'] }],
] as const)('a lab of %j is that of golden/%s', async (wanted, file, changes) => {
  await expectGolden(await synthesise(wanted, changes), `google/golden/${file}`)
})

describe('who gets in', () => {
  const tag = 'distrolab-0a1b2c3d4e5f-demo'

  test('in the default network: the allowed networks on port 22, before a rule that keeps all others out', async () => {
    const { resource } = await labOf({})
    const { lab_access: access, lab_deny: deny } = resource['google_compute_firewall'] ?? {}
    expect(access).toMatchObject({
      source_ranges: ['203.0.113.7/32'],
      allow: [{ protocol: 'tcp', ports: ['22'] }],
      priority: 800,
      network: 'default',
      direction: 'INGRESS',
      target_tags: [tag],
    })
    expect(deny).toMatchObject({
      source_ranges: ['0.0.0.0/0'],
      deny: [{ protocol: 'all' }],
      priority: 900,
      network: 'default',
      direction: 'INGRESS',
      target_tags: [tag],
    })
    expect(await instanceOf()).toMatchObject({
      tags: [tag],
      depends_on: ['google_compute_firewall.lab_deny'],
    })
  })

  test('in a network of its own: the allowed networks alone, as nothing else lets anybody in', async () => {
    const rules = (await labOf({}, { network: 'own' })).resource['google_compute_firewall'] ?? {}
    expect(Object.keys(rules)).toEqual(['lab_access'])
    expect(rules['lab_access']).toMatchObject({ source_ranges: ['203.0.113.7/32'] })
  })

  test('in an existing network: as in the default one, as its rules may let others in', async () => {
    const { resource } = await labOf({}, { network: EXISTING })
    const { lab_access: access, lab_deny: deny } = resource['google_compute_firewall'] ?? {}
    for (const rule of [access, deny])
      expect(rule).toMatchObject({ network: 'prod', target_tags: [tag], direction: 'INGRESS' })
    expect(Object.keys(resource)).toEqual(['google_compute_firewall', 'google_compute_instance'])
    expect(await instanceOf({ network: EXISTING })).toMatchObject({
      network_interface: [{ subnetwork: 'machines' }],
      depends_on: ['google_compute_firewall.lab_deny'],
    })
  })

  test('without an allowed IPv4 network nobody does', async () => {
    for (const allowFrom of [[], ['2001:db8::/64']]) {
      const rules = (await labOf({}, { allowFrom })).resource['google_compute_firewall'] ?? {}
      expect(Object.keys(rules)).toEqual(['lab_deny'])
    }
  })

  test('only with the lab’s key: none of the project, none of Google accounts', async () => {
    expect((await instanceOf())['metadata']).toMatchObject({
      'ssh-keys': `debian:${KEY}`,
      'block-project-ssh-keys': 'TRUE',
      'enable-oslogin': 'FALSE',
    })
  })
})

test('the user’s own tags are labels of machine and disk; what has no labels is described by ours alone', async () => {
  const { resource } = await labOf({}, { tags: { team: 'infra' }, network: 'own' })
  expect(resource['google_compute_instance']?.['main']).toMatchObject({
    labels: { team: 'infra', 'distrolab-lab': 'demo' },
    boot_disk: { initialize_params: { labels: { team: 'infra' } } },
  })
  expect(JSON.stringify(resource['google_compute_network'])).not.toContain('infra')
})

describe('a machine', () => {
  test('has no service account, no serial console and no old metadata', async () => {
    const instance = await instanceOf()
    expect(instance).not.toHaveProperty('service_account')
    expect(instance['metadata']).toMatchObject({
      'serial-port-enable': 'FALSE',
      'disable-legacy-endpoints': 'TRUE',
    })
  })

  test('has a disk that goes with it and holds its image', async () => {
    expect((await instanceOf())['boot_disk']).toMatchObject({
      auto_delete: true,
      initialize_params: { size: '${max(20, data.google_compute_image.lab_image.disk_size_gb)}' },
    })
  })

  test('starts with secure boot where image and type allow it', async () => {
    const secure = { enable_secure_boot: true, enable_vtpm: true, enable_integrity_monitoring: true }
    expect((await instanceOf())['shielded_instance_config']).toEqual(secure)
    const arm = await instanceOf({}, { architecture: 'arm64' })
    expect(arm['shielded_instance_config']).toMatchObject({ enable_secure_boot: false })
    const imported = await instanceOf({}, { distro: 'arch' })
    expect(imported['shielded_instance_config']).toMatchObject({ enable_secure_boot: false })
  })

  test('is deleted by Google at its end, which later changes do not move through the engine', async () => {
    const mortal = await instanceOf()
    expect(mortal['scheduling']).toMatchObject({
      termination_time: '2026-11-21T14:00:00.000Z',
      instance_termination_action: 'DELETE',
      automatic_restart: false,
    })
    expect(mortal['lifecycle']).toMatchObject({ ignore_changes: expect.arrayContaining(['scheduling']) })
    expect(await instanceOf({ lifetime: null })).toMatchObject({
      scheduling: { provisioning_model: 'STANDARD', automatic_restart: true },
    })
  })

  test('that is made anew goes by what is recorded, not by what its predecessor was told', async () => {
    const { lifecycle } = await instanceOf({ anew: ['main'], imageId: 'projects/p/global/images/i' })
    expect(lifecycle).toEqual({ ignore_changes: [] })
  })

  test.each([
    [29, { max_run_duration: { seconds: 30 } }],
    [30, { termination_time: '2026-11-21T14:00:00.000Z' }],
    [10_368_000, { termination_time: '2026-11-21T14:00:00.000Z' }],
    [10_368_001, { max_run_duration: { seconds: 10_368_000 } }],
  ])('of %i seconds of life is given %p: Google takes 30 seconds to 120 days', async (seconds, given) => {
    const lifetime = { expiresAt: '2026-11-21T14:00:00.000Z', epoch: 1_795_269_600, seconds }
    expect((await instanceOf({ lifetime }))['scheduling']).toMatchObject(given)
  })

  test('of Fedora grows its root, which nothing else there does; user data goes to images that read it', async () => {
    expect((await instanceOf({}, { distro: 'fedora' }))['metadata']).toMatchObject({
      'startup-script': expect.stringContaining('btrfs filesystem resize max /'),
    })
    expect((await instanceOf({}, { distro: 'rocky' }))['metadata']).not.toHaveProperty('startup-script')
    expect((await instanceOf({}, { distro: 'rocky' }))['metadata']).not.toHaveProperty('user-data')
    expect((await instanceOf({}, { distro: 'ubuntu' }))['metadata']).toHaveProperty('user-data')
  })
})

test('the image never changes under a running machine, and once pinned is not looked up', async () => {
  expect((await instanceOf())['lifecycle']).toMatchObject({
    ignore_changes: expect.arrayContaining(['boot_disk[0].initialize_params']),
  })
  const pinned = await labOf({}, { imageId: 'projects/debian-cloud/global/images/debian-13-v1' })
  expect(pinned.data).toBeUndefined()
  expect(pinned.resource['google_compute_instance']?.['main']).toMatchObject({
    boot_disk: { initialize_params: { image: 'projects/debian-cloud/global/images/debian-13-v1', size: 20 } },
    lifecycle: { ignore_changes: ['scheduling'] },
  })
})

test('everything carries the lab: in labels, or where there are none in its description', async () => {
  for (const network of ['default', 'own'] as const) {
    const { resource } = await labOf({}, { network })
    const { google_compute_instance: instances = {}, ...others } = resource
    for (const each of Object.values(instances)) {
      expect(each['labels']).toEqual({
        'distrolab-lab': 'demo',
        'distrolab-backend': '0a1b2c3d4e5f',
        'distrolab-incarnation': 'c0ffee123456',
        'distrolab-expires': '2026-11-21t14-00-00-000z',
      })
      // Not when it is over: a change of that would make the machine anew.
      expect(each['boot_disk']).toMatchObject({
        initialize_params: {
          labels: {
            'distrolab-lab': 'demo',
            'distrolab-backend': '0a1b2c3d4e5f',
            'distrolab-incarnation': 'c0ffee123456',
          },
        },
      })
      expect(JSON.stringify(each['boot_disk'])).not.toContain('distrolab-expires')
    }
    for (const each of Object.values(others).flatMap((named) => Object.values(named))) {
      expect(each['description']).toBe(
        'distrolab-lab=demo distrolab-backend=0a1b2c3d4e5f distrolab-incarnation=c0ffee123456 distrolab-expires=2026-11-21T14:00:00.000Z',
      )
    }
  }
})

test('the project and the credentials are for the environment to say', async () => {
  const provider = (await labOf({})).provider['google']?.[0] ?? {}
  expect(Object.keys(provider)).toEqual(['region', 'request_timeout', 'zone'])
})

test('the zone that a machine is in without a wish is one of the region, everywhere', async () => {
  for (const { name, zones } of (await loadRegions('google')).regions)
    expect(zones).toContain(firstZone(name))
})
