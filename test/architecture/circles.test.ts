import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { productRooms } from '../support/architecture/checks.js'
import { importCircles } from '../support/architecture/cycles.js'
import { readSources } from '../support/architecture/source.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Circles of types, and why they stay: at most three. */
const KNOWN: Readonly<Record<string, string>> = {
  'backend/held-lease.ts <-> backend/lease.ts':
    'a lease is an interface beside the function that takes it; the class is behind it',
  'scripts/engine/obtain.ts <-> scripts/engine/resolve.ts':
    'an engine that is obtained is one as it is found',
  'scripts/lab/expiry.ts <-> scripts/lab/gate.ts':
    'what moves an end takes a session, which only the gate makes, and the gate sees to every end',
}

test('no files of the product import one another, types included', async () => {
  const circles = importCircles(await readSources(root, productRooms))
  expect(circles.sort()).toEqual(Object.keys(KNOWN))
  expect(circles.length).toBeLessThanOrEqual(3)
})

test('a circle of types, values and import() is found once', () => {
  const sources = [
    { path: 'backend/a.ts', text: `import type { B } from './b.js'` },
    { path: 'backend/b.ts', text: `const c = await import('./c.js')` },
    { path: 'backend/c.ts', text: `import { a } from './a.js'` },
    { path: 'backend/d.ts', text: `import { a } from './a.js'` },
  ]
  expect(importCircles(sources)).toEqual(['backend/a.ts <-> backend/b.ts <-> backend/c.ts'])
  expect(importCircles(sources.slice(1))).toEqual([])
})
