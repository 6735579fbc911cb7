import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { productRooms } from './checks.js'
import { wayTo } from './cycles.js'
import { importsOf } from './imports.js'
import { readSources, type Source } from './source.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
let product: Source[]
beforeAll(async () => {
  product = await readSources(root, productRooms)
})

const isTypebox = (specifier: string): boolean => specifier.startsWith('@sinclair/typebox')

describe('TypeBox', () => {
  test.each([
    'backend/open-store.ts',
    'backend/record.ts',
    'backend/lease.ts',
    'backend/lab-writer.ts',
    'distro-catalog/load.ts',
    'distro-catalog/profile.ts',
    'stacks/main.ts',
    'stacks/local/driver/main.ts',
    'scripts/cli.ts',
    'scripts/main.ts',
  ])('is not loaded by %s', (entry) => {
    expect(product.map(({ path }) => path)).toContain(entry)
    expect(wayTo(product, entry, isTypebox)).toBeUndefined()
  })

  test('is loaded where the schemas are published', () => {
    expect(wayTo(product, 'scripts/publish-schemas.ts', isTypebox)).toContain('@sinclair/typebox')
  })
})

describe('the clients of S3 and GCS', () => {
  const isClient = (specifier: string): boolean => /^@(aws-sdk|smithy|google-cloud)\//.test(specifier)

  test('are loaded by nobody but through the `import()` that opens such a store', () => {
    const loaders = product
      .map(({ path }) => path)
      .filter((path) => wayTo(product, path, isClient, { lazily: false }) !== undefined)
    expect(loaders.sort()).toEqual(['backend/gcs.ts', 'backend/s3.ts'])
    for (const loader of loaders) {
      const importers = product
        .flatMap(importsOf)
        .filter(({ target, isType }) => target === loader && !isType)
      expect(importers.map(({ from, isLazy }) => [from, isLazy])).toEqual([['backend/open-store.ts', true]])
    }
  })
})

test('the way to a package goes through values and import(), not through types', () => {
  const sources: Source[] = [
    { path: 'backend/a.ts', text: `import type { C } from './c.js'\nimport { b } from './b.js'` },
    { path: 'backend/b.ts', text: `const c = await import('./c.js')\nimport { a } from './a.js'` },
    { path: 'backend/c.ts', text: `import { Type } from '@sinclair/typebox'` },
    { path: 'backend/d.ts', text: `import type { C } from './c.js'` },
  ]
  expect(wayTo(sources, 'backend/a.ts', isTypebox)).toEqual([
    'backend/a.ts',
    'backend/b.ts',
    'backend/c.ts',
    '@sinclair/typebox',
  ])
  expect(wayTo(sources, 'backend/d.ts', isTypebox)).toBeUndefined()
})
