import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { productRooms } from '../support/architecture/checks.js'
import { namersOf } from '../support/architecture/named-providers.js'
import { readSources } from '../support/architecture/source.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** What a new provider touches beside its own folders and its data. */
const SHARED: Readonly<Record<string, string>> = {
  'distro-catalog/provider-names.ts': 'the names',
  'distro-catalog/offer-schema.ts': 'what the catalog says of an image, which differs by provider',
  'stacks/registry.ts': 'the specs, and what draws and names them to the engine',
  'scripts/providers/registry.ts': 'what loads the code of each',
  'scripts/providers/clouds.ts': 'what is known of each cloud without its code',
  'scripts/images/source.ts': 'the disks that distributions publish are those that local labs boot',
  'scripts/config-words.ts': 'an example',
}

/** Where `local` is not the provider. */
const ANOTHER_LOCAL: Readonly<Record<string, string>> = {
  'backend/state-backend.ts': "OpenTofu's backend of that name",
  'stacks/state-block.ts': "OpenTofu's backend of that name",
  'scripts/lab/engine-session.ts': "OpenTofu's backend of that name",
  'scripts/engine/recover-state.ts': "OpenTofu's backend of that name",
  'scripts/lifecycle/down/destroy-many.ts': 'whether an engine needs no provider',
  'scripts/engine/go-build.ts': "a value of Go's GOTOOLCHAIN",
  'scripts/npm/taken-flags.ts': 'the flag of exec',
  'scripts/commands/exec.ts': 'the flag of exec',
  'scripts/lifecycle/exec/exec.ts': 'the flag of exec',
  'scripts/lab/step-lists.ts': 'the flag of exec',
}

/** Where `aws` is not the provider either. */
const PARTITION = 'backend/policies.ts'

test('no other shared file of the product names a provider', async () => {
  const product = (await readSources(root, productRooms)).filter(({ path }) => path !== PARTITION)
  const found = namersOf(product, { except: Object.keys(ANOTHER_LOCAL) })
  const others = [...found].filter(([path]) => !Object.hasOwn(SHARED, path))
  expect(others.flatMap(([, places]) => places)).toEqual([])
  expect(Object.keys(SHARED).filter((path) => !found.has(path))).toEqual([])
  expect(Object.keys(SHARED).length).toBeLessThanOrEqual(8)
})

test.each([
  `if (lab.provider === 'azure') return`,
  `const words = { aws: 1 }`,
  `const offer = distro.providers.google`,
  `const { local } = offers`,
  `import { aws } from '../providers/aws/provider.js'`,
  `const { x } = await import('../../stacks/local/spec.js')`,
  `type Spec = import('../../stacks/azure/spec.js').AzureLabSpec`,
])('a shared file is found by: %s', (text) => {
  expect([...namersOf([{ path: 'scripts/lab/a.ts', text }]).keys()]).toEqual(['scripts/lab/a.ts'])
})

test.each([
  ['scripts/providers/aws/a.ts', `const name = 'aws'`],
  ['stacks/local/a.ts', `const name = 'local'`],
  ['local-vm/a.ts', `const name = 'local'`],
  ['scripts/lab/a.ts', `import { run } from '../../local-vm/run.js' // aws`],
  ['scripts/lab/a.ts', `const text = 'azure is a cloud'`],
])('%s may hold: %s', (path, text) => expect(namersOf([{ path, text }]).size).toBe(0))

test('a file that means another thing by local is still found by a cloud', () => {
  const path = 'scripts/lab/a.ts'
  const sources = [{ path, text: `const a = 'local'` }]
  expect(namersOf(sources, { except: [path] }).size).toBe(0)
  expect(namersOf([{ path, text: `const a = 'aws'` }], { except: [path] }).size).toBe(1)
})
