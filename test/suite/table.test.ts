import { describe, expect, test } from '@jest/globals'
import { skippedTitle, type FileResult } from './file-result.js'
import { faultsOf, summaryOf, type TierResult } from './table.js'

const file = (changes: Partial<FileResult>): FileResult => ({
  file: 'a.test.js',
  seconds: 1,
  cpuSeconds: 0.5,
  passed: 1,
  failed: 0,
  skipped: [],
  ...changes,
})
const ran = (...files: FileResult[]): TierResult => ({
  tier: 'unit',
  ran: { seconds: 60, files, exitCode: files.some(({ failed }) => failed > 0) ? 1 : 0 },
})

describe('the end of a run', () => {
  test('has the tiers, the reasons of skipped tests, the slowest files and a line to count by', () => {
    const reason = 'no provider here'
    const skipped = ['one', 'two'].map((title) => ({ title: skippedTitle(title, reason), reason }))
    const results = [
      ran(file({ passed: 7 }), file({ file: 'slow.test.js', seconds: 33.3, cpuSeconds: null, skipped })),
      { tier: 'life', ran: { seconds: 90, files: [file({ file: 'vm.test.js', seconds: 80 })], exitCode: 0 } },
    ] as const
    expect(summaryOf(results)).toBe(
      [
        'TIER  PASSED  FAILED  SKIPPED  MINUTES  CPU MINUTES',
        'unit  8       0       2        1.0      0.0',
        'life  1       0       0        1.5      0.0',
        'all                            2.5',
        '',
        'SKIPPED  BECAUSE',
        '2        no provider here',
        '',
        'SLOWEST FILE  SECONDS  CPU SECONDS',
        'vm.test.js    80.0     0.5',
        'slow.test.js  33.3',
        'a.test.js     1.0      0.5',
        '',
        '9 passed, 0 failed, 2 skipped',
      ].join('\n'),
    )
    expect(faultsOf(results)).toEqual([])
  })

  test('names ten of the slowest files and no more', () => {
    const files = Array.from({ length: 12 }, (_, n) => file({ file: `f${n}.test.js`, seconds: n }))
    const shown = summaryOf([ran(...files)])
    expect(shown).toContain('f2.test.js')
    expect(shown).not.toContain('f1.test.js')
  })
})

describe('a run is at fault', () => {
  test.each([
    ['a test failed', ran(file({ failed: 2 })), 'unit: 2 failed in a.test.js'],
    [
      'a test is skipped and no one said why',
      ran(file({ skipped: [{ title: 'later', reason: null }] })),
      'unit: skipped without a reason in a.test.js: later',
    ],
    ['not one test ran', ran(), 'unit: not one test ran'],
    [
      'Jest failed for another reason',
      { tier: 'unit', ran: { seconds: 1, files: [file({})], exitCode: 1 } },
      'unit: Jest exited with 1',
    ],
    ['a tier did not run', { tier: 'e2e' }, 'e2e did not run'],
  ] as const)('when %s', (_when, result: TierResult, fault) => {
    expect(faultsOf([result])).toEqual([fault])
    expect(summaryOf([result])).toContain(fault)
  })
})
