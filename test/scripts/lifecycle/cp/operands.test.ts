import { describe, expect, test } from '@jest/globals'
import { exclusion } from '../../../../scripts/lifecycle/cp/exclude.js'
import { parseCopy } from '../../../../scripts/lifecycle/cp/operands.js'
import { LabError } from '../../../../scripts/errors.js'

describe('the operands of cp', () => {
  test.each([
    ['src', 'web:work', { flag: '--copy', from: 'src', to: 'work' }],
    ['src', 'web:', { flag: '--copy', from: 'src', to: '.' }],
    ['web:~/a:b', '.', { flag: '--fetch', from: './a:b', to: '.' }],
    ['web:/var/log', 'here', { flag: '--fetch', from: '/var/log', to: 'here' }],
    ['./a:b', 'web:c', { flag: '--copy', from: './a:b', to: 'c' }],
  ])('%s %s is between this computer and a machine', (source, target, transfer) => {
    expect(parseCopy(source, target)).toEqual({ lab: 'web', transfer })
  })

  test.each([
    ['a', 'b'],
    ['web:a', 'web:b'],
    ['web:a', undefined],
    ['', 'web:a'],
  ])('%s %s is refused', (source, target) => {
    expect(() => parseCopy(source, target)).toThrow(LabError)
  })
})

describe('what --exclude leaves out', () => {
  test.each([
    ['*.o', ['a.o', 'deep/b.o'], ['a.out', 'o']],
    ['.git', ['.git', 'sub/.git'], ['agit', '.gitignore']],
    ['build/tmp', ['build/tmp'], ['tmp', 'sub/build/tmp']],
    ['/top', ['top'], ['sub/top']],
    ['logs/**.txt', ['logs/a.txt', 'logs/x/b.txt'], ['logs/a.log']],
    ['a?[c]', ['ab[c]'], ['abc', 'a/[c]']],
    ['dir/', ['dir', 'sub/dir'], ['dirs']],
  ])('%s', (pattern, left, kept) => {
    const isExcluded = exclusion('src/', [pattern])
    expect(left.filter((path) => !isExcluded(`src/${path}`))).toEqual([])
    expect(kept.filter((path) => isExcluded(`src/${path}`))).toEqual([])
  })
})
