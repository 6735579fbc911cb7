import { expect, test } from '@jest/globals'
import type { CloudName } from '../../../distro-catalog/provider-names.js'
import { checkTags } from '../../../scripts/providers/tag-rules.js'
import { faultOf } from '../../support/cli/support.js'

const SOUND: readonly (readonly [CloudName, Readonly<Record<string, string>>])[] = [
  ['aws', { 'Cost Center': '47 11', 'a/b': 'x=y', name: 'x' }],
  ['google', { team: 'infra', cost_center: '' }],
  ['azure', { 'Cost Center': '47/11' }],
]
test.each(SOUND)('%s accepts %j', (provider, tags) => {
  checkTags(provider, tags)
})

const UNSOUND: readonly (readonly [CloudName, string, string])[] = [
  ['aws', 'AWS:x', 'v'],
  ['aws', 'Name', 'v'],
  ['google', 'Team', 'infra'],
  ['google', 'team', 'Infra'],
  ['google', 'team', 'a'.repeat(64)],
  ['google', 'cost center', '4711'],
  ['azure', 'a/b', 'v'],
  ['azure', 'Microsoft.x', 'v'],
]
test.each(UNSOUND)('%s refuses the tag %s=%s, and says what it expects', async (provider, key, value) => {
  expect(await faultOf(() => checkTags(provider, { ok: 'x', [key]: value }))).toMatchObject({
    code: 'usage',
    problem: expect.stringMatching(`^--tag: ${provider} expects a .*; got "${key}=`),
  })
})

test.each(['aws', 'google', 'azure'] as const)('%s has no room for 61 of them', async (provider) => {
  const tags = Object.fromEntries(Array.from({ length: 61 }, (_, n) => [`k${n}`, 'v']))
  expect(await faultOf(() => checkTags(provider, tags))).toMatchObject({
    problem: expect.stringContaining(`${provider} accepts at most`),
  })
})
