import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { commands } from '../../scripts/commands/all.js'
import { productRooms } from '../support/architecture/checks.js'
import { wayTo } from '../support/architecture/cycles.js'
import {
  CHANGING,
  GATE,
  IMAGE_GATE,
  OF_IMAGES,
  READING,
  RUNNING,
  waysAroundGate,
} from '../support/architecture/gate.js'
import { readSources, type Source } from '../support/architecture/source.js'

const root = fileURLToPath(new URL('../../../', import.meta.url))
let product: Source[]
beforeAll(async () => {
  product = await readSources(root, productRooms)
})

const fileOf = (verb: string): string => `scripts/commands/${verb.replaceAll(' ', '-')}.ts`
const way = (verb: string, gate = GATE): readonly string[] | undefined =>
  wayTo(product, fileOf(verb), (reached) => reached === gate)

describe('the one gate', () => {
  test('every verb is known to change labs or not to', () => {
    expect(commands.map(({ name }) => name).sort()).toEqual(
      [...CHANGING, ...READING, ...RUNNING, ...OF_IMAGES].sort(),
    )
    const paths = product.map(({ path }) => path)
    for (const verb of [...CHANGING, ...READING, ...RUNNING, ...OF_IMAGES])
      expect(paths).toContain(fileOf(verb))
  })

  test.each([...CHANGING, ...RUNNING])('%s passes it', (verb) => {
    expect(way(verb)?.at(-1)).toBe(GATE)
  })

  test.each(OF_IMAGES)('%s passes that of images, and does not load it', (verb) => {
    expect(way(verb, IMAGE_GATE)?.at(-1)).toBe(IMAGE_GATE)
    expect(way(verb)).toBeUndefined()
  })

  test.each(READING)('%s does not load it', (verb) => {
    expect(way(verb)).toBeUndefined()
  })

  test('is the only place that opens a lease or writes a record, and there is no way around it', () => {
    expect(waysAroundGate(product)).toEqual([])
  })
})

describe('the check of the gate', () => {
  const file = (path: string, text: string): Source => ({ path, text })
  const passed = `import { throughGate } from './gate.js'\n`

  test.each([
    ['scripts/lab/a.ts', `import { acquireLease } from '../../backend/lease.js'`],
    ['scripts/lab/a.ts', `${passed}import { openLabWriter } from '../../backend/lab-writer.js'`],
    ['scripts/commands/a.ts', `const { inheritLease } = await import('../../backend/inherited-lease.js')`],
    ['scripts/lab/a.ts', `import { destroy } from '../engine/tofu.js'`],
    ['scripts/engine/plan.ts', `import { apply } from './tofu.js'`],
    ['scripts/lab/a.ts', `import { runEngine } from '../engine/engine-run.js'`],
    ['scripts/commands/a.ts', `const { bringUp } = await import('../lab/bring-up.js')`],
    ['scripts/lab/a.ts', `await (await context.store()).remove(key, version)`],
    ['scripts/lab/a.ts', `${passed}await store.replace(key, body, version)`],
    ['scripts/lab/a.ts', `await plan.hooks.start(spec, name, step)`],
    ['scripts/lab/a.ts', `await hooks.baseline.restore(spec, name, step)`],
    ['scripts/lab/a.ts', `import { storeEvent as tell } from '../../backend/events.js'`],
  ])('finds a way around it in %s: %s', (path, text) => {
    expect(waysAroundGate([file(path, text)])).toEqual([expect.stringContaining(path)])
  })

  test.each([
    [GATE, `import { acquireLease } from '../../backend/lease.js'`],
    ['scripts/engine/plan.ts', `import { runEngine } from './engine-run.js'`],
    ['backend/lab-writer.ts', `import { RecordSlot } from './record-slot.js'`],
    ['scripts/lab/a.ts', `import type { Lease } from '../../backend/lease.js'\nwriter.create(decided)`],
    ['scripts/lab/a.ts', `${passed}import { destroy } from '../engine/tofu.js'\nhooks.start(spec)`],
    ['scripts/lab/a.ts', `text.replace(/a/, 'b')\nawait (await context.store()).get(key)`],
  ])('lets pass what is allowed in %s: %s', (path, text) => {
    expect(waysAroundGate([file(path, text)])).toEqual([])
  })
})
