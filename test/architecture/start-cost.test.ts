import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { productRooms } from './checks.js'
import { wayToPackage } from './cycles.js'
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
    expect(wayToPackage(product, entry, isTypebox)).toBeUndefined()
  })

  test('is loaded where the schemas are published', () => {
    expect(wayToPackage(product, 'scripts/publish-schemas.ts', isTypebox)).toContain('@sinclair/typebox')
  })
})

test('the way to a package goes through values and import(), not through types', () => {
  const sources: Source[] = [
    { path: 'backend/a.ts', text: `import type { C } from './c.js'\nimport { b } from './b.js'` },
    { path: 'backend/b.ts', text: `const c = await import('./c.js')\nimport { a } from './a.js'` },
    { path: 'backend/c.ts', text: `import { Type } from '@sinclair/typebox'` },
    { path: 'backend/d.ts', text: `import type { C } from './c.js'` },
  ]
  expect(wayToPackage(sources, 'backend/a.ts', isTypebox)).toEqual([
    'backend/a.ts',
    'backend/b.ts',
    'backend/c.ts',
    '@sinclair/typebox',
  ])
  expect(wayToPackage(sources, 'backend/d.ts', isTypebox)).toBeUndefined()
})
