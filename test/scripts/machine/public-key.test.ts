import { describe, expect, test } from '@jest/globals'
import { generateKeyPair } from '../../../scripts/machine/key-pair.js'
import { isPrivateKey, keyLines, parsePublicKey } from '../../../scripts/machine/public-key.js'

/** The blob of a key of that type, as sshd has it: the type, then something. */
function line(type: string, rest = Buffer.alloc(32, 7)): string {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(type.length)
  return `${type} ${Buffer.concat([length, Buffer.from(type), rest]).toString('base64')}`
}

describe('a public key', () => {
  test.each([
    ...['ssh-ed25519', 'ssh-rsa', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
    ...['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'],
  ])('of type %s is taken without its comment', (type) => {
    expect(parsePublicKey(`  ${line(type)} anna@laptop\n`)).toBe(line(type))
  })

  test('that we make ourselves is one', () => {
    const { public: made } = generateKeyPair('demo')
    expect(parsePublicKey(made)).toBe(made.split(' ').slice(0, 2).join(' '))
  })

  test.each([
    ['', 'nothing'],
    ['ssh-ed25519', 'no blob'],
    [line('ssh-dss'), 'a type that sshd no longer takes'],
    [`command="rm -rf /" ${line('ssh-ed25519')}`, 'options before it'],
    [line('ssh-rsa').replace('ssh-rsa', 'ssh-ed25519'), 'a blob of another type'],
    [line('ssh-ed25519', Buffer.alloc(0)), 'a blob that is only a type'],
    [`ssh-ed25519 ${'!'.repeat(60)}`, 'no base64'],
    ['ssh-ed25519 AAAA', 'a blob cut short'],
    ['<!DOCTYPE html>', 'a page'],
  ])('%j is none: %s', (text) => {
    expect(parsePublicKey(text)).toBeUndefined()
  })
})

test('a file of keys may have comments, empty lines and Windows line ends', () => {
  expect(keyLines('# team\r\n\r\n  a b c\r\nd e\n')).toEqual(['a b c', 'd e'])
})

test('private keys of every kind are told', () => {
  expect(isPrivateKey(generateKeyPair('demo').private)).toBe(true)
  expect(isPrivateKey('-----BEGIN RSA PRIVATE KEY-----')).toBe(true)
  expect(isPrivateKey(generateKeyPair('demo').public)).toBe(false)
})
