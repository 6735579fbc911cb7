import { Type, type Static } from '@sinclair/typebox'
import { text } from './setting-schema.js'

const set = Type.String({
  pattern: '^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$',
  title: 'Set',
  description: 'A set of test files, by its name, as `distrolab fixtures list` shows it.',
  expected: 'a set of test files, such as sync-basic',
  examples: ['sync-basic', 'many-small'],
})

const at = text({
  title: 'Place',
  description:
    "The folder for it: new, empty, or one that a set was applied to before. A relative path starts in the user's home. Without it, `fixtures/SET`.",
  expected: 'a folder on the machine, such as /srv/data',
  examples: ['/srv/data'],
})

const seed = Type.Integer({
  minimum: 1,
  maximum: 2_147_483_646,
  title: 'Seed',
  description: 'The same seed gives the same content everywhere.',
  expected: 'a number from 1 to 2147483646',
  default: 1,
  examples: [7],
})

const machine = Type.String({
  pattern: '^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$',
  title: 'Machine',
  description: 'The only machine that gets it. Without it, every machine of the lab.',
  expected: 'a machine of the lab, such as source',
  examples: ['source'],
})

const fixture = Type.Object(
  { set, at: Type.Optional(at), seed: Type.Optional(seed), machine: Type.Optional(machine) },
  {
    additionalProperties: false,
    title: 'Test files',
    description: 'One set of test files, and where it goes.',
    expected: 'a set of test files: {set, at?, seed?, machine?}',
  },
)

export const fixtures = Type.Array(fixture, {
  title: 'Test files',
  description: 'Sets of test files that `up` puts on the machines; they are part of the baseline.',
  expected: 'a list of sets of test files: [{set, at?, seed?, machine?}]',
  examples: [[{ set: 'sync-basic' }, { set: 'many-small', at: '/srv/many', machine: 'source' }]],
})

const machineFixture = Type.Object(
  { set, at: Type.Optional(at), seed: Type.Optional(seed) },
  {
    additionalProperties: false,
    title: 'Test files of a machine',
    description: 'One set of test files for this machine, and where it goes.',
    expected: 'a set of test files: {set, at?, seed?}',
  },
)

export const machineFixtures = Type.Array(machineFixture, {
  title: 'Test files of a machine',
  description:
    "Sets of test files for this machine only, after the profile's own; they are part of the baseline.",
  expected: 'a list of sets of test files: [{set, at?, seed?}]',
  examples: [[{ set: 'sync-hostile', at: '/srv/data' }]],
})

export type UserFixture = Static<typeof fixture>
