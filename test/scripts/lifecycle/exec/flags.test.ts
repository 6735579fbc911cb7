import { describe, expect, test } from '@jest/globals'
import { LabError } from '../../../../scripts/errors.js'
import {
  assertSourcesExist,
  parseTransfers,
  parseVariables,
} from '../../../../scripts/lifecycle/exec/flags.js'

function problemOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof LabError && error.fault.code === 'usage') return error.fault.problem
    throw error
  }
  throw new Error('it was accepted')
}
const none = (): undefined => undefined

describe('--env', () => {
  test('gives a value, which may hold anything, or passes our own on', () => {
    const given = ['A=b=c d\n', 'EMPTY=', 'OWN']
    const own = (name: string): string => `own ${name}`
    expect(parseVariables(given, own)).toEqual({ A: 'b=c d\n', EMPTY: '', OWN: 'own OWN' })
  })

  test('the last of the same name counts', () => {
    expect(parseVariables(['A=1', 'A=2'], none)).toEqual({ A: '2' })
  })

  test.each([['1A=hidden'], ['A-B=hidden'], ['=hidden'], ['hidden value']])(
    'refuses %j without showing what may be a value',
    (given) => {
      const problem = problemOf(() => parseVariables([given], none))
      expect(problem).toMatch(/^--env: expected NAME=VALUE or NAME, .* got .*\. Correct the name\.$/)
      expect(problem).not.toContain('hidden')
    },
  )

  test('refuses a name that is not in our environment', () => {
    expect(problemOf(() => parseVariables(['TOKEN'], none))).toBe(
      '--env: expected TOKEN in the environment of this command, got none. Export it, or give --env TOKEN=VALUE.',
    )
  })
})

describe('--copy and --fetch', () => {
  test('name both sides; ~ is where relative remote paths begin', () => {
    expect(parseTransfers('--copy', ['a:~/b', 'c/:~'])).toEqual([
      { flag: '--copy', from: 'a', to: './b' },
      { flag: '--copy', from: 'c/', to: '.' },
    ])
    expect(parseTransfers('--fetch', ['~/log:/tmp/log'])).toEqual([
      { flag: '--fetch', from: './log', to: '/tmp/log' },
    ])
  })

  test.each(['a', ':b', 'a:', 'a:b:c', ''])('refuse %j', (given) => {
    expect(problemOf(() => parseTransfers('--copy', [given]))).toBe(
      `--copy: expected LOCAL:REMOTE, two paths with one colon between, got "${given}". Give both paths.`,
    )
    expect(problemOf(() => parseTransfers('--fetch', [given]))).toContain('expected REMOTE:LOCAL')
  })

  test('a local source that can not be looked at says why', async () => {
    const transfers = parseTransfers('--copy', ['/dev/null/x:y'])
    await expect(assertSourcesExist(transfers)).rejects.toMatchObject({
      fault: {
        code: 'usage',
        problem: expect.stringMatching(/^--copy: .* \/dev\/null\/x, got .*ENOTDIR/),
      },
    })
  })
})
