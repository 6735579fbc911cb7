import { beforeAll, describe, expect, test } from '@jest/globals'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readEntry } from '../../distro-catalog/assemble.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { loadCatalog, shippedDirectory } from '../../distro-catalog/load.js'
import { providerNames } from '../../distro-catalog/provider.js'
import { resolveDistro, resolveOffer, resolveProvider } from '../../distro-catalog/resolve.js'
import { publishedSchemas } from '../../distro-catalog/schema.js'
import { resolveSize } from '../../distro-catalog/size.js'
import { validateAliases, validateDistro, validateProvider } from '../../distro-catalog/validate.js'

const shipped = shippedDirectory()
const validators = [
  { folder: 'distros', validate: validateDistro },
  { folder: 'providers', validate: validateProvider },
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

  test('offers Debian 12 and 13 with Debian 13 as the default', () => {
    expect([...catalog.distros.keys()]).toEqual(['debian-12', 'debian-13'])
    expect(resolveDistro(catalog, 'debian').name).toBe('debian-13')
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

  test('gives every local size room for every local image', () => {
    const local = resolveProvider(catalog, 'local')
    for (const size of Object.keys(local.sizes)) {
      for (const distro of catalog.distros.values()) {
        const minimum = distro.providers.local?.minimumDiskGiB ?? 0
        expect(resolveSize(local, { size }).diskGiB).toBeGreaterThanOrEqual(minimum)
      }
    }
  })

  test('names image and checksum file on the same host, so that a mirror serves both', () => {
    for (const distro of catalog.distros.values()) {
      for (const { vendor } of Object.values(resolveOffer(distro, 'local').architectures)) {
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
