import { expect, test } from '@jest/globals'
import { streamCleaner } from '../../../../scripts/lifecycle/console/clean-stream.js'

function cleaned(...chunks: readonly (string | Buffer)[]): string {
  const clean = streamCleaner()
  return chunks.map((chunk) => clean(Buffer.from(chunk as string))).join('')
}

test('colours, titles and movements of a guest are left out', () => {
  expect(cleaned('\u001b[1;31mFAILED\u001b[0m \u001b]0;title\u0007\u001b[2J\u001b[Hlogin: ')).toBe(
    'FAILED login: ',
  )
})

test('a sequence that chunks divide is left out too, at each place', () => {
  const text = 'a\u001b[31mb\u001b]0;title\u0007c\r\nd'
  for (let at = 0; at <= text.length; at++) expect(cleaned(text.slice(0, at), text.slice(at))).toBe('abc\nd')
})

test('a prompt is shown at once, also behind a colour', () => {
  expect(streamCleaner()(Buffer.from('\u001b[32mlogin: '))).toBe('login: ')
})

test('characters that a division cuts stay whole', () => {
  const bytes = Buffer.from('ü')
  expect(cleaned(bytes.subarray(0, 1), bytes.subarray(1))).toBe('ü')
})

test.each(['\u001b', '\u009b31m', '\u0000', '\u202e', '\u001b]52;c;Zm9v', `\u001b]${'x'.repeat(300)}`])(
  'nothing that a terminal would obey is passed on: %j',
  (hostile) => {
    expect(cleaned(hostile, `${hostile} end\n`, 'next\n')).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}]/u)
  },
)
