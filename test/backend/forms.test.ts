import { describe, expect, test } from '@jest/globals'
import { cleanLine, cleanText } from '../../backend/clean-text.js'
import { fits, forms, requireForm, shown, type FormName } from '../../backend/forms.js'
import { faultOf } from '../support/backend/support.js'

const samples: Readonly<Partial<Record<FormName, readonly [sound: string[], unsound: string[]]>>> = {
  address: [
    ['127.0.0.1', '203.0.113.7', '::1', '2001:db8::1', '::ffff:203.0.113.7', 'a-b.example.org', 'localhost'],
    ['-a', 'a b', 'a.-b', '[::1]', 'fe80::1%eth0', 'a..b', 'a\n', 'user@host', 'host:22', '*'],
  ],
  network: [
    ['203.0.113.7/32', '0.0.0.0/0', '2001:db8::/64', '::/0'],
    ['203.0.113.7', '203.0.113.7/33', '256.0.0.1/8', '::/129', 'fe80::1%eth0/128', '10.0.0.0/8 '],
  ],
  hostKey: [
    ['ssh-ed25519 AAAA', 'ssh-rsa AAAA==', 'ecdsa-sha2-nistp256 AAAA'],
    ['ssh-dss AAAA', 'ssh-ed25519  AAAA', 'ssh-ed25519 AAAA comment', ' ssh-ed25519 AAAA', 'ssh-ed25519 A=A'],
  ],
  publicKey: [
    ['ssh-ed25519 AAAA', 'sk-ssh-ed25519@openssh.com AAAA', 'ecdsa-sha2-nistp521 AAAA='],
    ['command="id" ssh-ed25519 AAAA', 'ssh-ed25519 AAAA anna', '-----BEGIN OPENSSH PRIVATE KEY-----'],
  ],
  login: [
    ['root', 'ec2-user', '_x', 'cloud_user'],
    ['Root', '-x', 'a b', 'a'.repeat(33), '1a', 'a$'],
  ],
  path: [
    ['/', '/home/anna/a b', '/a/..b/c.', '/ä'],
    ['a', '/a/../b', '/..', '/a/.', '/a\n', '~/a'],
  ],
  imageId: [
    ['ami-0a', 'a:b:c:1.2', '/subscriptions/0/resourceGroups/a_(b)/x', 'projects/e.com:p/global/images/i'],
    ['../a', 'a/../b', 'a//b', 'a b', '/', '-a', '${a}'],
  ],
}

describe.each(Object.entries(samples) as [FormName, readonly [string[], string[]]][])('%s', (name, each) => {
  test('has its form', () => {
    for (const sound of each[0]) expect([sound, fits(name, sound)]).toEqual([sound, true])
    for (const unsound of each[1]) expect([unsound, fits(name, unsound)]).toEqual([unsound, false])
  })
})

test('a time is of a day that there is, in the years 2020 to 2199', () => {
  for (let year = 2018; year < 2203; year++)
    for (let month = 1; month < 13; month++)
      for (let day = 1; day < 33; day++) {
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}T23:59:59.999Z`
        const date = new Date(text)
        const isReal = !Number.isNaN(date.getTime()) && date.toISOString() === text
        if (fits('time', text) !== (isReal && year > 2019 && year < 2200)) throw new Error(text)
      }
})

test('every form is anchored, and answers at once whatever it is given', () => {
  const units = ['a', 'a-', 'a.', '/', '/.', 'a/', '0', '0:', '::', 'A', ' ', '\n', '-', '=', 'ssh-a ', 'é']
  for (const name of Object.keys(forms) as FormName[]) {
    expect(forms[name].pattern).toMatch(/^\^\(\?:[^]*\)\$$/)
    const expression = new RegExp(forms[name].pattern, 'u')
    for (const unit of units) {
      const began = performance.now()
      expression.test(`${unit.repeat(50_000)}\u0000`)
      if (performance.now() - began > 1000) throw new Error(`${name} is slow for ${unit}`)
    }
  }
})

describe('whatever a guest, a cloud or a user says', () => {
  /** A generator of its own, so that a failure comes again. */
  function* randomTexts(): Generator<string> {
    let seed = 4711
    const next = (limit: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % limit
    for (let n = 0; n < 2000; n++)
      yield Array.from({ length: next(40) }, () =>
        String.fromCharCode(next(4) === 0 ? next(0x1_0000) : next(0x100)),
      ).join('')
  }

  test('is text, or one line, after it was cleaned', () => {
    for (const text of [...randomTexts(), '😀'.repeat(20_000), '\n'.repeat(20_000)]) {
      expect([text, fits('text', cleanText(text))]).toEqual([text, true])
      const line = cleanLine(text)
      expect([text, line === '' || fits('line', line)]).toEqual([text, true])
    }
  })

  test('is cleaned once: what is clean stays as it is', () => {
    for (const text of randomTexts()) expect(cleanText(cleanText(text))).toBe(cleanText(text))
  })
})

test('a value without its form is refused by the name of its field, short and visible', async () => {
  const refused = Promise.resolve().then(() =>
    requireForm('login', 'user', `a\u001b\u202e${'b'.repeat(500)}`),
  )
  expect(await faultOf(refused)).toEqual({
    code: 'value-refused',
    field: 'user',
    expected: forms.login.description,
    got: shown(`a\u001b\u202e${'b'.repeat(500)}`),
  })
  expect(shown(`a\u001b\u202e${'b'.repeat(500)}`)).toBe(`"a\\u001b\\u202e${'b'.repeat(77)}…"`)
})
