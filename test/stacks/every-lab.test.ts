import { beforeAll, describe, expect, test } from '@jest/globals'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { loadCatalog } from '../../distro-catalog/load.js'
import { architectures } from '../../distro-catalog/offer-schema.js'
import { cloudNames, type CloudName } from '../../distro-catalog/provider-names.js'
import { resolveDistro } from '../../distro-catalog/resolve.js'
import { synthesiseLab } from '../../stacks/app.js'
import { engineProviders } from '../../stacks/registry.js'
import {
  cloudSpecOf,
  readProviderSchema,
  type CloudChanges,
  type Wanted,
} from '../support/stacks/cloud-labs.js'
import { checkConfiguration, type ProviderSchema } from '../support/stacks/schema-check.js'

interface Synthesised {
  readonly terraform: { readonly required_providers: Readonly<Record<string, { readonly source: string }>> }
  readonly resource: Readonly<Record<string, unknown>>
}

/** OpenTofu's own registry and namespace are those that are not named. */
function assertKnown(provider: CloudName, { terraform, resource }: Synthesised): void {
  const { source, types } = engineProviders[provider]
  const sources = Object.values(terraform.required_providers).map((required) => required.source)
  expect(sources.map((short) => `registry.opentofu.org/hashicorp/${short}`)).toEqual([source])
  expect(types).toEqual(expect.arrayContaining(Object.keys(resource)))
}

let catalog: Catalog
beforeAll(async () => {
  catalog = await loadCatalog()
})

describe.each(cloudNames)('on %s', (provider) => {
  let schema: ProviderSchema
  beforeAll(async () => {
    schema = await readProviderSchema(provider)
  })
  /** Also checks that a state of it will be taken for one. */
  const problemsOf = async (wanted: Wanted, changes?: CloudChanges): Promise<string[]> => {
    const text = await synthesiseLab(cloudSpecOf(catalog, wanted, changes))
    assertKnown(provider, JSON.parse(text) as Synthesised)
    return checkConfiguration(JSON.parse(text), schema)
  }

  test('the provider takes the lab of every distro, architecture and size', async () => {
    let labs = 0
    for (const { name: distro, providers } of catalog.distros.values()) {
      const offer = providers[provider]
      const offered = architectures.filter((architecture) => offer?.architectures[architecture] !== undefined)
      for (const architecture of offered) {
        for (const size of ['small', 'lab', 'large', 'xl']) {
          expect([
            distro,
            architecture,
            size,
            await problemsOf({ distro, provider, architecture, size }),
          ]).toEqual([distro, architecture, size, []])
          labs += 1
        }
      }
    }
    expect(labs).toBeGreaterThan(60)
  })

  test.each<[string, CloudChanges]>([
    ['a network of its own', { network: 'own' }],
    ['a zone', { zone: 'zone-1', network: 'own' }],
    ['no end', { lifetime: null }],
    [
      'a life of days',
      { lifetime: { expiresAt: '2026-11-24T14:00:00.000Z', epoch: 1_795_528_800, seconds: 259_200 } },
    ],
    ['spot machines', { spot: true }],
    ['spot machines and no end', { spot: true, lifetime: null }],
    ['closed SSH', { allowFrom: [] }],
    ['networks of both families', { allowFrom: ['203.0.113.0/24', '2001:db8::/64'] }],
    ['two machines', { machines: ['source', 'target'] }],
    ['machines called as its own parts are', { machines: ['image', 'machines', 'access', 'network'] }],
    ['a key whose comment looks like a template', { publicKey: 'ssh-ed25519 AAAA ${a}%{b}' }],
    ['another version of the provider', { providerVersion: '1.2.3' }],
  ])('the provider takes a lab with %s', async (_title, changes) => {
    expect(await problemsOf({ distro: 'ubuntu', provider }, changes)).toEqual([])
  })

  test('the provider takes a lab whose image is pinned', async () => {
    const ids = {
      aws: 'ami-0123',
      azure: 'Canonical:ubuntu:server:26.04.1',
      google: 'projects/p/global/images/i',
    }
    expect(await problemsOf({ distro: 'ubuntu', provider }, { imageId: ids[provider] })).toEqual([])
  })

  test('the provider takes a lab whose machines are of two distros', async () => {
    const source = { name: 'source', distro: resolveDistro(catalog, 'debian') }
    expect(await problemsOf({ distro: 'ubuntu', provider }, { machines: [source, 'target'] })).toEqual([])
  })

  test('the same values give the same bytes', async () => {
    const spec = cloudSpecOf(catalog, { distro: 'debian', provider })
    expect(await synthesiseLab(spec)).toBe(await synthesiseLab(spec))
  })
})
