import { expect, test } from '@jest/globals'
import type { Context } from '../../../scripts/context.js'
import { fixturesOfProfile } from '../../../scripts/lab/planned-fixtures.js'
import { placesIn } from '../../../scripts/lifecycle/fixtures/known-place.js'

const pair = {
  distro: 'debian-13',
  provider: 'local',
  fixtures: [{ set: 'sync-basic' }],
  machines: [
    { name: 'source', fixtures: [{ set: 'sync-hostile', at: '/srv/data', seed: 7 }] },
    { name: 'target' },
  ],
}

const planned = (machines?: readonly { readonly name: string }[]) =>
  fixturesOfProfile(
    { config: { values: { profiles: { pair } } }, settings: { machines } } as unknown as Context,
    'pair',
  )

const ofAll = { set: 'sync-basic', at: 'fixtures/sync-basic', seed: 1 }

test("a machine's own test files are for it alone, after those of the profile", () => {
  const ofSource = { set: 'sync-hostile', at: '/srv/data', seed: 7, machine: 'source' }
  expect(planned()).toEqual([ofAll, ofSource])
  expect(planned([{ name: 'source' }])).toEqual([ofAll, ofSource])
})

test('those of a machine that the lab does not get are left out', () => {
  expect(planned([{ name: 'target' }])).toEqual([ofAll])
})

test('only names of sets that a machine lists are places', () => {
  expect(
    placesIn('sync-basic\nsync-basic.manifest\n../etc.manifest\n\u001b[31m.manifest\n-x.manifest\n'),
  ).toEqual(['fixtures/sync-basic'])
})
