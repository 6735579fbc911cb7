import { expect, test } from '@jest/globals'
import { redactor } from '../../../scripts/report/redact.js'

const KEY = [
  ...['-----BEGIN OPENSSH PRIVATE KEY-----', 'b3BlbnNzaC1rZXktdjEA', '-----END OPENSSH PRIVATE KEY-----'],
].join('\n')

test('private key blocks are taken out whole, and the text around them stays', () => {
  expect(redactor([])(`before\n${KEY}\nafter ${KEY}.`)).toBe('before\n[redacted]\nafter [redacted].')
})

test('a block is found in a JSON string too, and one that was cut off is hidden to the end', () => {
  expect(redactor([])(JSON.stringify({ key: KEY, n: 1 }))).toBe('{"key":"[redacted]","n":1}')
  expect(redactor([])(`x ${KEY.slice(0, 50)}`)).toBe('x [redacted]')
})

test('public keys and certificates are not secrets', () => {
  const text = '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\nssh-ed25519 AAAA'
  expect(redactor([])(text)).toBe(text)
})

test('every occurrence of every secret goes, the longest first, so that no rest of one is left', () => {
  const redact = redactor(['hunter', 'hunter22', 'hunter22'])
  expect(redact('a hunter22 b hunter c hunter22')).toBe('a [redacted] b [redacted] c [redacted]')
})

test('a secret is taken literally, not as a pattern', () => {
  expect(redactor(['a.c$&*('])('abc$&*( a.c$&*(')).toBe('abc$&*( [redacted]')
})

test('a secret with quotes and newlines is found where it was written as JSON', () => {
  const secret = '{"private_key": "abc\\ndef"}\n'
  const text = JSON.stringify({ message: `failed with ${secret}` })
  const shown = redactor([secret])(text)
  expect(shown).toBe('{"message":"failed with [redacted]"}')
})

test('what is too short to be a secret is left, or words would be eaten', () => {
  expect(redactor(['abc'])('abc and alphabet')).toBe('abc and alphabet')
})

test.each([
  ['http://anna:pw@proxy:3128/x', 'http://[redacted]@proxy:3128/x'],
  ['https://ghp_token@mirror.example.org/a', 'https://[redacted]@mirror.example.org/a'],
  ['"http://anna:p@ss:w@proxy"', '"http://[redacted]@proxy"'],
  ['s3://key:secret@bucket/prefix', 's3://[redacted]@bucket/prefix'],
  ['s3://b?endpoint=https://u:pw@minio:9000', 's3://b?endpoint=https://[redacted]@minio:9000'],
  ['s3://b?endpoint=https%3A%2F%2Fu%3Apw%40minio', 's3://b?endpoint=https%3A%2F%2F[redacted]@minio'],
])('who a URL lets in is not shown: %s', (url, shown) => {
  expect(redactor([])(`at ${url} now`)).toBe(`at ${shown} now`)
})

test.each(['https://example.org/a@b', 'mail anna@example.org', 'http://127.0.0.1:9000/x?y=@z', 'a: b@c'])(
  'other text with an @ stays: %s',
  (text) => expect(redactor([])(text)).toBe(text),
)
