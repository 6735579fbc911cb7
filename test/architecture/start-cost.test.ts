import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { productRooms } from '../support/architecture/checks.js'
import { wayTo } from '../support/architecture/cycles.js'
import { importsOf } from '../support/architecture/imports.js'
import { readSources, type Source } from '../support/architecture/source.js'

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
    'local-vm/main.ts',
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

describe('the clients of clouds', () => {
  const isClient = (specifier: string): boolean =>
    /^(@(aws-sdk|smithy|google-cloud|azure)\/|google-auth-library)/.test(specifier)

  test('are loaded by nobody but through the `import()` of what needs one: a store, its set-up, a cloud', () => {
    const loaders = product
      .map(({ path }) => path)
      .filter((path) => wayTo(product, path, isClient, { lazily: false }) !== undefined)
    for (const loader of loaders)
      expect(loader).toMatch(
        /^(backend\/(s3|gcs|aws)[-.]|scripts\/providers\/(aws|azure|google)\/(?!provider\.ts))/,
      )
    const doors = product
      .flatMap(importsOf)
      .filter(
        ({ from, target, isType }) => !isType && loaders.includes(target ?? '') && !loaders.includes(from),
      )
    expect(doors.filter(({ isLazy }) => !isLazy)).toEqual([])
    expect([...new Set(doors.map(({ from }) => from))].sort()).toEqual([
      'backend/open-setup.ts',
      'backend/open-store.ts',
      ...['aws', 'azure', 'google'].map((cloud) => `scripts/providers/${cloud}/provider.ts`),
      'scripts/providers/registry.ts',
    ])
  })

  test('that tells who we are is loaded when that is asked only', () => {
    const importers = product.flatMap(importsOf).filter(({ target }) => target === 'backend/aws-identity.ts')
    expect(importers.map(({ from, isLazy }) => [from, isLazy])).toEqual([['backend/s3-setup.ts', true]])
  })
})

describe('the classes of a cloud', () => {
  const isCloudClass = (specifier: string): boolean => specifier.startsWith('@cdktf/provider-')
  const atStart = (entry: string) => wayTo(product, entry, isCloudClass, { lazily: false })

  test.each([
    ...['scripts/cli.ts', 'scripts/main.ts', 'scripts/commands/all.ts', 'scripts/lifecycle/up/up.ts'],
    ...[
      'scripts/lab/bring-up.ts',
      'scripts/providers/local/provider.ts',
      'scripts/providers/aws/provider.ts',
    ],
    ...['scripts/lifecycle/synth.ts', 'stacks/app.ts', 'stacks/local/stack.ts'],
  ])('are not loaded with %s', (entry) => {
    expect(product.map(({ path }) => path)).toContain(entry)
    expect(atStart(entry)).toBeUndefined()
  })

  test.each(['aws', 'azure', 'google'])('are loaded with the stack of %s, and only its own', (cloud) => {
    const name = { aws: 'aws', azure: 'azurerm', google: 'google' }[cloud] ?? ''
    expect(atStart(`stacks/${cloud}/stack.ts`)?.at(-1)).toMatch(new RegExp(`^@cdktf/provider-${name}/lib/`))
    const isOther = (specifier: string) =>
      isCloudClass(specifier) && !specifier.startsWith(`@cdktf/provider-${name}/`)
    expect(wayTo(product, `stacks/${cloud}/stack.ts`, isOther)).toBeUndefined()
  })
})

describe('a press of Tab', () => {
  const heavy = (reached: string): boolean =>
    /^(yargs|execa|cdktf|@cdktf|@aws-sdk|@google-cloud|yaml|scripts\/(main|parse|run|context|commands\/.*)\.ts)/.test(
      reached,
    )

  test('loads neither the parser nor any command', () => {
    expect(wayTo(product, 'scripts/main.ts', heavy, { lazily: false })).toBeDefined()
    expect(wayTo(product, 'scripts/completion/main.ts', heavy, { lazily: false })).toBeUndefined()
    expect(wayTo(product, 'scripts/cli.ts', heavy, { lazily: false })).toBeUndefined()
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
