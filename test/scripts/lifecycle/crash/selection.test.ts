import { describe, expect, test } from '@jest/globals'
import { interruptCases, killCases, titleOf } from '../../../support/labs/crash-cases.js'
import type { CrashCase } from '../../../support/labs/crash-commands.js'
import { chosenCases, coveringCases, momentOf, signalOf } from '../../../support/labs/crash-selection.js'

const all = [...killCases, ...interruptCases]
const seeds = Array.from({ length: 50 }, (_, seed) => String(seed))

describe('a selection of the crash matrix', () => {
  test.each(seeds)('by seed %s covers every command × step × moment and every command × signal', (seed) => {
    const chosen = coveringCases(all, seed)
    expect(new Set(chosen.map(momentOf))).toEqual(new Set(all.map(momentOf)))
    expect(new Set(chosen.map(signalOf))).toEqual(new Set(all.map(signalOf)))
    expect(chosen.length).toBeLessThan(all.length / 3)
  })

  test('is the same for the same seed, and another one for another seed', () => {
    expect(coveringCases(all, '1')).toEqual(coveringCases(all, '1'))
    expect(coveringCases(all, '1')).not.toEqual(coveringCases(all, '2'))
  })

  test('reaches every case by some seed', () => {
    const many = Array.from({ length: 200 }, (_, seed) => coveringCases(all, String(seed)))
    const reached = new Set(many.flat().map(titleOf))
    expect(all.map(titleOf).filter((title) => !reached.has(title))).toEqual([])
  })

  test('can be one case by its name, and says when there is none of that name', () => {
    const title = titleOf(killCases[0] as CrashCase)
    expect(chosenCases(all, { kind: 'one', title }).map(titleOf)).toEqual([title])
    expect(() => chosenCases(all, { kind: 'one', title: 'swap: by chance' })).toThrow(
      'no case of the crash matrix is called "swap: by chance"',
    )
  })
})
