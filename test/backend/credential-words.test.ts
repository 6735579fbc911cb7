import { expect, test } from '@jest/globals'
import { credentialWords } from '../../backend/credential-words.js'

test.each([
  [
    'Command failed: vault read --password hunter22 aws\nError: SecretAccessKey=wJalrXUtnFEMI denied\n',
    'credential_process failed: vault: Error: SecretAccessKey=[redacted] denied',
  ],
  [
    'Command failed: TOKEN=abcdef helper\n{"AccessKeyId": "ASIAIOSFODNN7EXAMPLE", "SessionToken": "FwoGZXIv"}',
    'credential_process failed: TOKEN=[redacted]: {"AccessKeyId": "[redacted]", "SessionToken": "[redacted]"}',
  ],
  [
    'Command failed: helper\nwJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY is wrong',
    'credential_process failed: helper: [redacted] is wrong',
  ],
  ['Command failed: helper', 'credential_process failed: helper'],
  [
    "ENOENT: no such file or directory, open '/run/a\u001b[31m\ntoken'",
    "ENOENT: no such file or directory, open '/run/a token'",
  ],
])('of %j nothing secret is told', (said, expected) => {
  expect(credentialWords(said)).toBe(expected)
})
