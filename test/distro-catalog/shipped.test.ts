import { beforeAll, describe, expect, test } from '@jest/globals'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readEntry } from '../../distro-catalog/assemble.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { hasOffers } from '../../distro-catalog/cloud.js'
import { loadCatalog, shippedDirectory } from '../../distro-catalog/load.js'
import { providerNames } from '../../distro-catalog/provider-names.js'
import { resolveDistro, resolveOffer, resolveProvider } from '../../distro-catalog/resolve.js'
import { publishedSchemas } from '../../distro-catalog/schema.js'
import { resolveSize } from '../../distro-catalog/size.js'
import {
  validateAliases,
  validateDistro,
  validateProvider,
  validateRegions,
} from '../../distro-catalog/validate.js'

const shipped = shippedDirectory()
const validators = [
  { folder: 'distros', validate: validateDistro },
  { folder: 'providers', validate: validateProvider },
  { folder: 'regions', validate: validateRegions },
] as const

describe('the shipped catalog', () => {
  let catalog: Catalog
  beforeAll(async () => {
    catalog = await loadCatalog()
  })

  test.each(validators)('holds only valid files in $folder', async ({ folder, validate }) => {
    const files = await readdir(join(shipped, folder))
    expect(files.length).toBeGreaterThan(0)
    for (const name of files) {
      const file = join(shipped, folder, name)
      expect(readEntry<unknown>({ file, text: await readFile(file, 'utf8') }, validate)).toMatchObject({
        ok: true,
      })
    }
  })

  test('has a valid aliases file', async () => {
    const file = join(shipped, 'aliases.yaml')
    expect(readEntry({ file, text: await readFile(file, 'utf8') }, validateAliases).ok).toBe(true)
  })

  test('offers what it promises, and the newest release under the bare name', () => {
    expect([...catalog.distros.keys()]).toEqual([
      ...[
        'almalinux-9',
        'almalinux-10',
        'alpine-3.23',
        'alpine-3.24',
        'amazon-linux-2023',
        'arch',
        'centos-stream-10',
      ],
      ...['debian-12', 'debian-13', 'fedora-43', 'fedora-44', 'opensuse-leap-16'],
      ...['rocky-9', 'rocky-10', 'ubuntu-24.04', 'ubuntu-26.04'],
    ])
    const meant = ['almalinux', 'debian', 'fedora', 'rocky', 'ubuntu'].map(
      (name) => resolveDistro(catalog, name).name,
    )
    expect(meant).toEqual(['almalinux-10', 'debian-13', 'fedora-44', 'rocky-10', 'ubuntu-26.04'])
  })

  test('has every required distro everywhere: with an image, or one to be brought', () => {
    for (const family of ['ubuntu', 'debian', 'fedora', 'rocky', 'arch']) {
      for (const { name } of [...catalog.providers.values()].filter(hasOffers)) {
        expect(() => resolveOffer(resolveDistro(catalog, family), name)).not.toThrow()
      }
    }
  })

  test('resolves every alias to a release of the family it names', () => {
    for (const alias of catalog.aliases.keys()) expect(resolveDistro(catalog, alias).family).toBe(alias)
  })

  test('orders the dates of every distro', () => {
    for (const { name, released = '', endOfLife = '9' } of catalog.distros.values()) {
      expect([name, released < endOfLife]).toEqual([name, true])
    }
  })

  test('has a file for every provider name', () => {
    expect([...catalog.providers.keys()]).toEqual([...providerNames])
  })

  test.each(['aws', 'azure', 'google'])(
    'sizes %s as small, lab, large and xl in both architectures',
    (name) => {
      const provider = resolveProvider(catalog, name)
      if (!hasOffers(provider)) throw new TypeError('a cloud has sizes')
      const sizes = ['small', 'lab', 'large', 'xl']
      expect(Object.keys(provider.sizes)).toEqual(sizes)
      for (const architecture of ['x86_64', 'arm64'] as const) {
        const memory = sizes.map((size) => resolveSize(provider, { size, architecture }).memoryMiB)
        expect(memory).toEqual(memory.toSorted((a, b) => a - b))
        expect(memory.slice(1)).toEqual([4096, 8192, 16384])
      }
    },
  )

  test('names image and checksum file on the same host, so that a mirror serves both', () => {
    for (const distro of catalog.distros.values()) {
      for (const { vendor } of Object.values(distro.providers.local?.architectures ?? {})) {
        if (vendor !== undefined) expect(new URL(vendor.checksum.url).host).toBe(new URL(vendor.url).host)
      }
    }
  })
})

describe('the published schemas', () => {
  test.each(Object.entries(publishedSchemas()))('%s equals the definition', async (file, definition) => {
    expect(JSON.parse(await readFile(join(shipped, 'schema', file), 'utf8'))).toEqual(definition)
  })

  test('are all there is in the folder', async () => {
    expect((await readdir(join(shipped, 'schema'))).sort()).toEqual(Object.keys(publishedSchemas()).sort())
  })
})
