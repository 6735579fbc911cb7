import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { wayTo } from '../support/architecture/cycles.js'
import { readSources } from '../support/architecture/source.js'

const DECIDES = 'scripts/lab/decide-up.ts'
const VALUES_ONLY = [DECIDES, 'scripts/lab/difference.ts', 'scripts/lab/time-left.ts']

/** `node:util` compares values. */
const isEffect = (reached: string): boolean =>
  (reached.startsWith('node:') && reached !== 'node:util') || /(?:^|\/)(?:run|env|context)\.ts$/.test(reached)

test('what decides an up reaches no file, program, network, environment or clock', async () => {
  const sources = await readSources(fileURLToPath(new URL('../../../', import.meta.url)), [
    'backend',
    'distro-catalog',
    'scripts',
    'stacks',
  ])
  expect(sources.map(({ path }) => path)).toEqual(expect.arrayContaining(VALUES_ONLY))
  expect(wayTo(sources, DECIDES, isEffect)).toBeUndefined()
  const clocks = sources.filter(
    ({ path, text }) =>
      VALUES_ONLY.includes(path) && /new Date\(\)|Date\.now|performance|setTimeout/.test(text),
  )
  expect(clocks).toEqual([])
})
