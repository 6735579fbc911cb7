import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Catalog } from '../../../distro-catalog/catalog.js'
import { loadCatalog } from '../../../distro-catalog/load.js'
import { synthesiseLab } from '../../../stacks/app.js'
import { cloudSpecOf, KEY, type CloudChanges } from '../../support/stacks/cloud-labs.js'
import { expectGolden } from '../../support/stacks/golden.js'

type Named = Readonly<Record<string, Readonly<Record<string, unknown>>>>
interface Lab {
  readonly resource: Readonly<Record<string, Named>>
  readonly data?: Readonly<Record<string, Named>>
  readonly provider: Named
  readonly output: Named
  readonly terraform: { readonly required_providers: Named }
}

const EXISTING = { id: 'vpc-0a1b2c3d4e5f60718', subnet: 'subnet-0a1b2c3d4e5f60718' }
const OWN_TAGS = { team: 'infra', 'cost:center': '4711' }

let catalog: Catalog
beforeAll(async () => {
  catalog = await loadCatalog()
})
const synthesise = (distro: string, changes?: CloudChanges): Promise<string> =>
  synthesiseLab(cloudSpecOf(catalog, { distro, provider: 'aws' }, changes))
const labOf = async (distro: string, changes?: CloudChanges): Promise<Lab> =>
  JSON.parse(await synthesise(distro, changes)) as Lab
const instanceOf = async (changes?: CloudChanges) =>
  (await labOf('debian', changes)).resource['aws_instance']?.['main'] ?? {}

test.each([
  ['debian', 'debian.json', {}],
  ['rocky', 'rocky-own-network.json', { network: 'own', spot: true, lifetime: null }],
  ['ubuntu', 'ubuntu-pinned.json', { imageId: 'ami-0123456789abcdef0' }],
  ['debian', 'debian-existing-network.json', { network: EXISTING, tags: OWN_TAGS }],
  ['debian', 'debian-two-machines.json', { machines: ['source', 'target'] }],
] as const)('a lab of %s is that of golden/%s', async (distro, file, changes) => {
  await expectGolden(await synthesise(distro, changes), `aws/golden/${file}`)
})

describe('who gets in', () => {
  const groupOf = async (allowFrom: string[]) =>
    (await labOf('debian', { allowFrom })).resource['aws_security_group']?.['lab_access'] ?? {}

  test('only the allowed networks reach port 22, and nobody any other port', async () => {
    expect((await groupOf(['203.0.113.7/32', '2001:db8::/64']))['ingress']).toEqual([
      expect.objectContaining({
        protocol: 'tcp',
        from_port: 22,
        to_port: 22,
        self: false,
        security_groups: [],
        cidr_blocks: ['203.0.113.7/32'],
        ipv6_cidr_blocks: ['2001:db8::/64'],
      }),
    ])
  })

  test('without an allowed network nobody does', async () => {
    expect((await groupOf([]))['ingress']).toEqual([])
  })

  test('only with the lab’s key', async () => {
    const { resource } = await labOf('debian')
    expect(resource['aws_key_pair']?.['lab_key']?.['public_key']).toBe(KEY)
    expect((await instanceOf())['key_name']).toBe('${aws_key_pair.lab_key.key_name}')
  })
})

describe('a machine', () => {
  test('gives out metadata for a token only, and not to containers', async () => {
    expect((await instanceOf())['metadata_options']).toMatchObject({
      http_tokens: 'required',
      http_put_response_hop_limit: 1,
    })
  })

  test('has an encrypted root disk that goes with it and holds its image', async () => {
    const disk = (await instanceOf())['root_block_device']
    expect(disk).toMatchObject({ encrypted: true, delete_on_termination: true })
    expect(disk).toMatchObject({
      volume_size: expect.stringMatching(/^\$\{max\(concat\(\[20\], \[.*volume_size.*\]\)\.\.\.\)\}$/),
    })
    expect((await instanceOf({ imageId: 'ami-1' }))['root_block_device']).toMatchObject({ volume_size: 20 })
  })

  test('has no role', async () => {
    expect(await instanceOf()).not.toHaveProperty('iam_instance_profile')
    expect(Object.keys((await labOf('debian')).resource)).not.toContainEqual(expect.stringMatching(/iam/))
  })

  test('is terminated when it switches itself off at its end, and only stopped when it has none', async () => {
    const mortal = await instanceOf()
    expect(mortal['instance_initiated_shutdown_behavior']).toBe('terminate')
    expect(mortal['user_data']).toContain(String(Date.parse('2026-11-21T14:00:00.000Z') / 1000))
    const immortal = await instanceOf({ lifetime: null })
    expect(immortal['instance_initiated_shutdown_behavior']).toBe('stop')
    expect(immortal['user_data']).not.toContain('poweroff')
  })

  test('runs into no surcharge, whatever its type', async () => {
    expect((await instanceOf())['credit_specification']).toEqual({ cpu_credits: 'standard' })
  })
})

describe('the image', () => {
  test('is the newest of its owner and name, of the right architecture, and not sold', async () => {
    const image = (await labOf('debian')).data?.['aws_ami']?.['lab_image']
    expect(image).toMatchObject({ most_recent: true, owners: ['136693071363'] })
    expect(image?.['filter']).toEqual(
      expect.arrayContaining([
        { name: 'name', values: ['debian-13-amd64-*'] },
        { name: 'architecture', values: ['x86_64'] },
      ]),
    )
    expect(image?.['lifecycle']).toMatchObject({
      postcondition: [{ condition: '${length(self.product_codes) == 0}' }],
    })
  })

  test('never changes under a running machine: a newer one is ignored until it is pinned', async () => {
    expect((await instanceOf())['lifecycle']).toMatchObject({
      ignore_changes: expect.arrayContaining(['ami']),
    })
  })

  test('once pinned is what it is, and is not looked up', async () => {
    const pinned = await labOf('debian', { imageId: 'ami-0123' })
    expect(pinned.data).toBeUndefined()
    expect(pinned.resource['aws_instance']?.['main']).toMatchObject({
      ami: 'ami-0123',
      lifecycle: { ignore_changes: ['user_data'] },
    })
    expect(pinned.output['image']?.['value']).toEqual({ id: 'ami-0123', diskGiB: 20 })
  })
})

test('everything carries the tags of the lab', async () => {
  const tags = {
    'distrolab-lab': 'demo',
    'distrolab-backend': '0a1b2c3d4e5f',
    'distrolab-incarnation': 'c0ffee123456',
    'distrolab-expires': '2026-11-21T14:00:00.000Z',
  }
  for (const network of ['default', 'own'] as const) {
    const { resource } = await labOf('debian', { network })
    const { aws_route: _untaggable, ...taggable } = resource
    for (const named of Object.values(taggable)) {
      for (const each of Object.values(named)) expect(each['tags']).toMatchObject(tags)
    }
  }
  expect((await instanceOf())['root_block_device']).toMatchObject({ tags })
})

test('in an existing network the lab has a group of its own, and of the network nothing is declared', async () => {
  const { resource, data } = await labOf('debian', { network: EXISTING })
  expect(Object.keys(resource)).toEqual(['aws_security_group', 'aws_key_pair', 'aws_instance'])
  expect(Object.keys(data ?? {})).toEqual(['aws_ami'])
  expect(resource['aws_security_group']?.['lab_access']).toMatchObject({ vpc_id: EXISTING.id })
  expect(resource['aws_instance']?.['main']).toMatchObject({ subnet_id: EXISTING.subnet })
})

test('the user’s own tags are on everything, and replace none of ours', async () => {
  const tags = { ...OWN_TAGS, Name: 'mine', 'distrolab-lab': 'other' }
  const { resource } = await labOf('debian', { network: 'own', tags })
  const { aws_route: _untaggable, ...taggable } = resource
  for (const named of Object.values(taggable)) {
    for (const each of Object.values(named))
      expect(each['tags']).toMatchObject({ ...OWN_TAGS, 'distrolab-lab': 'demo' })
  }
  expect(resource['aws_instance']?.['main']).toMatchObject({
    tags: { Name: 'distrolab-0a1b2c3d4e5f-demo-main' },
    root_block_device: { tags: OWN_TAGS },
  })
})

test('lack of capacity fails in seconds: few retries', async () => {
  expect((await labOf('debian')).provider['aws']).toEqual([
    expect.objectContaining({ max_retries: 3, region: 'eu-central-1' }),
  ])
})

test('nothing in it holds a credential', async () => {
  expect(Object.keys((await labOf('debian')).provider['aws']?.[0] ?? {})).toEqual([
    ...['max_retries', 'region', 'skip_region_validation'],
  ])
})

test('another version of the provider can be asked for', async () => {
  const { terraform } = await labOf('debian', { providerVersion: '5.100.0' })
  expect(terraform.required_providers['aws']).toMatchObject({ version: '5.100.0' })
})
