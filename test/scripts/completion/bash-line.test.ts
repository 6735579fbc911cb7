import { describe, expect, test } from '@jest/globals'
import { bashReplacement, splitBashLine } from '../../../scripts/completion/bash-line.js'
import { quoteForShell } from '../../../scripts/machine/shell.js'

describe('a line of bash', () => {
  test.each([
    ['distrolab ', ['distrolab'], '', false],
    ['distrolab up --wait=re', ['distrolab', 'up'], '--wait=re', false],
    ['distrolab --backend file:///a\\ b st', ['distrolab', '--backend', 'file:///a b'], 'st', false],
    ["distrolab 'a b' \"c 'd\" e", ['distrolab', 'a b', "c 'd"], 'e', false],
    ["distrolab down 'we", ['distrolab', 'down'], 'we', true],
    ['distrolab down "a\\"b', ['distrolab', 'down'], 'a"b', true],
    ["distrolab '' x", ['distrolab', ''], 'x', false],
    ["distrolab 'a\\", ['distrolab'], 'a\\', true],
  ])('%s is read into words', (line, before, current, isQuoted) => {
    expect(splitBashLine(line)).toEqual({ before, current, isQuoted })
  })

  test.each(['a b', "it's", '$(id)', 'a;b', '`id`', 'a\\b', '*', '~', '', '!x', 'a\nb'])(
    'a word such as %j is quoted so that it is read as itself',
    (word) => {
      const { current, isQuoted } = splitBashLine(quoteForShell(word))
      expect([current, isQuoted]).toEqual([word, false])
      expect(quoteForShell(word)).toMatch(/^'/)
    },
  )

  test('only what bash takes for the word is replaced', () => {
    expect(bashReplacement('--wait=ready', splitBashLine('distrolab up --wait=re'), 're')).toBe('ready')
    expect(bashReplacement('--wait=ready', splitBashLine('distrolab up --wait='), '')).toBe('ready')
    expect(bashReplacement('web', splitBashLine('distrolab down w'), 'w')).toBe('web')
  })

  test('a word in quotes gets none inside', () => {
    expect(bashReplacement('a b', splitBashLine("distrolab up --profile 'a"), 'a')).toBe('a b')
    expect(bashReplacement('a b', splitBashLine('distrolab up --profile a'), 'a')).toBe("'a b'")
  })
})
