import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from '@jest/globals'
import { productRooms } from '../support/architecture/checks.js'
import { wayTo } from '../support/architecture/cycles.js'
import { importsOf } from '../support/architecture/imports.js'
import { readSources, type Source } from '../support/architecture/source.js'

let product: Source[]
beforeAll(async () => {
  product = await readSources(fileURLToPath(new URL('../../../', import.meta.url)), productRooms)
})

const loadersOf = (library: string): string[] =>
  product
    .flatMap(importsOf)
    .filter(({ specifier, isType }) => specifier === library && !isType)
    .map(({ from }) => from)
    .sort()

test('every connection is made by node-ssh, in one place', () => {
  expect(loadersOf('node-ssh')).toEqual(['scripts/machine/connect-over.ts'])
})

test('ssh2 itself is loaded for keys and agents only, of which node-ssh knows nothing', () => {
  expect(loadersOf('ssh2')).toEqual(
    ['agent', 'credentials', 'key-pair', 'key'].map((name) => `scripts/machine/${name}.ts`),
  )
})

test.each(['scripts/main.ts', 'scripts/machine/connect.ts'])(
  'neither is loaded with %s: the first connection loads them',
  (entry) => {
    const isSsh = (reached: string): boolean => /^(node-ssh|ssh2)$/.test(reached)
    expect(product.map(({ path }) => path)).toContain(entry)
    expect(wayTo(product, entry, isSsh, { lazily: false })).toBeUndefined()
  },
)
