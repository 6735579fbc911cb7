import { expect, test } from '@jest/globals'
import { printedProgress } from '../../../scripts/report/create-progress.js'
import { writeText } from '../../../scripts/report/output.js'
import { printable, printableLine } from '../../../scripts/report/printable.js'
import { plainProgress } from '../../../scripts/report/progress.js'
import { renderTable } from '../../../scripts/report/table.js'
import { recordingStream } from '../../support/report/recording-stream.js'

/** Every character of one UTF-16 unit that a terminal obeys, or does not show. */
const hostile = String.fromCharCode(
  ...Array.from({ length: 0x20 }, (_, code) => code).filter((code) => code !== 0x09 && code !== 0x0a),
  ...Array.from({ length: 0x21 }, (_, at) => 0x7f + at),
  ...[0xad, 0x61c, 0x200b, 0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d],
  ...[0x202e, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff, 0xd800],
)

test.each([...hostile])('%j is written out', (character) => {
  const code = character.charCodeAt(0).toString(16).padStart(4, '0')
  expect(printable(`a${character}b`)).toBe(`a\\u${code}b`)
})

test('one beyond the first plane is written out in two halves, as in JSON', () => {
  expect(printable('\u{e0001}')).toBe('\\udb40\\udc01')
})

test('what people write stays as it is', () => {
  const text = 'two\nlines\tünïcode ☃ 日本 עברית 😀 \\u001b'
  expect(printable(text)).toBe(text)
  expect(printable('a console\r\nends its lines so\r\n')).toBe('a console\nends its lines so\n')
})

test('a document of JSON keeps its values', () => {
  const value = { [hostile]: [hostile, '\u{e0001}', 'a\n\tb'] }
  const text = printable(JSON.stringify(value, null, 2))
  expect(text).toMatch(/^[\n\x20-\x7e]*$/)
  expect(JSON.parse(text)).toEqual(value)
})

test('a line is one', () => {
  expect(printableLine('a\nb\tc\u001b')).toBe('a\\nb c\\u001b')
})

test('a row of a table is one line, and its columns fit what is shown', () => {
  const rows = [
    ['a\n\u001b[2Jweb', 'ready'],
    ['b', 'ready'],
  ]
  expect(renderTable(['name', 'state'], rows).split('\n')).toEqual([
    'NAME             STATE',
    'a\\n\\u001b[2Jweb  ready',
    'b                ready',
  ])
})

test('results and progress pass through it, after the secrets are taken out', () => {
  const { stream, written } = recordingStream()
  writeText(stream, `result ${hostile}`)
  const progress = printedProgress(plainProgress(stream), (text) =>
    text.replaceAll('\u001bsecret', '[redacted]'),
  )
  progress.say(`said ${hostile} \u001bsecret`)
  progress.beginStep('apply', 1, 1)
  progress.detail(`detail\n${hostile}`)
  expect(written()).toMatch(/^[\n\x20-\x7e…]*$/)
  expect(written()).toContain('[redacted]')
  expect(
    written()
      .split('\n')
      .filter((line) => line.includes('detail')),
  ).toHaveLength(1)
})
