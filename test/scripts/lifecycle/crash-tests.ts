import { beforeAll, describe, expect, test } from '@jest/globals'
import { interruptCases, killCases, titleOf } from './crash-cases.js'
import type { CrashCase } from './crash-commands.js'
import { walk, type Outcomes } from './crash-walk.js'

/** Side by side, each in a sandbox of its own: while one waits for a process the other one works. */
const WALKS = 2

/** Into how many files the matrix is dealt, for Jest's workers to share. */
const SHARES = 4

/**
 * Tries one share of the crash matrix. It has something of every command: what one case leaves, ready or destroyed, is
 * what another one begins with.
 */
export function tryShare(share: 1 | 2 | 3 | 4): void {
  // By twos, as the two that follow one point come one after the other.
  const isOurs = (_crash: CrashCase, i: number): boolean => Math.floor(i / 2) % SHARES === share - 1
  const cases = [...killCases, ...interruptCases].filter(isOurs)
  const outcomes: Outcomes = new Map()
  beforeAll(async () => {
    const left = [...cases]
    await Promise.all(Array.from({ length: WALKS }, () => walk(left, outcomes)))
  }, 30 * 60_000)

  describe('a command that is struck', () => {
    test.each(cases.map((crash) => [titleOf(crash), crash] as const))(
      '%s: all is told and mended',
      (_title, crash) => {
        expect(outcomes.has(crash)).toBe(true)
        const error = outcomes.get(crash)
        if (error !== undefined) throw error
      },
    )
  })
}
