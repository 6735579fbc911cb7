import { expect, test } from '@jest/globals'
import { loadCatalog } from '../../../distro-catalog/load.js'
import { resolveDistro } from '../../../distro-catalog/resolve.js'
import { endedOn, questionsOf, type Answer } from '../../../scripts/refresh/question.js'
import { failures, refresh, renderRefresh } from '../../../scripts/refresh/refresh.js'
import '../../support/cli/support.js'

const catalog = await loadCatalog()
const debian = resolveDistro(catalog, 'debian-12')

const found: Answer = { outcome: 'found', newest: 'debian-12-v1', date: '2026-11-01T00:00:00Z' }

test('every selector of a distro is asked for, provider by provider', () => {
  const asked = questionsOf(catalog, [debian]).map(({ provider, architecture }) => [provider, architecture])
  expect(asked).toHaveLength(8)
  expect(asked).toContainEqual(['azure', 'arm64'])
})

test('an end of life counts from the day after', () => {
  const { endOfLife = '' } = debian
  expect(endedOn([debian], endOfLife)).toEqual([])
  expect(endedOn([debian], '2100-01-01')).toEqual([debian])
  expect(endedOn([resolveDistro(catalog, 'arch')], '2100-01-01')).toEqual([])
})

test('a selector that finds nothing is told, and so is one that nobody asked for', async () => {
  const result = await refresh(catalog, [debian], '2100-01-01', async (provider) => async () => {
    if (provider === 'aws') return { outcome: 'nothing', reason: 'no debian-12-* of 136693071363' }
    return provider === 'google' ? { outcome: 'not-asked', reason: 'no credentials for google' } : found
  })
  expect(failures(result).map(({ provider, architecture }) => [provider, architecture])).toEqual([
    ['aws', 'x86_64'],
    ['aws', 'arm64'],
  ])
  const text = renderRefresh(result)
  expect(text).toContain('NOTHING FOUND: debian-12 on aws (arm64): no debian-12-* of 136693071363')
  expect(text).toContain('not asked: no credentials for google (2 selectors)')
  expect(text).toMatch(/debian-12 +local +x86_64 +debian-12-v1 +2026-11-01/)
  expect(text).toContain(`END OF LIFE: debian-12 has not been maintained since ${debian.endOfLife}`)
  expect(text).toContain('4 found, 2 nothing found, 2 not asked.')
})
