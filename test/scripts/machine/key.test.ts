import { expect, test } from '@jest/globals'
import ssh2 from 'ssh2'
import { generateKeyPair } from '../../../scripts/machine/key-pair.js'

/** Of so many pairs ssh2's own generator writes one or more malformed, all but surely (0.996^1500 = 0.2 %). */
const MANY = 1500

test('every generated pair can be read back, private and public part alike', () => {
  for (let count = 0; count < MANY; count++) {
    const pair = generateKeyPair('test')
    const [secret, open] = [ssh2.utils.parseKey(pair.private), ssh2.utils.parseKey(pair.public)]
    if (secret instanceof Error || open instanceof Error) throw new Error(`pair ${count} is malformed`)
    expect(secret.getPublicSSH()).toEqual(open.getPublicSSH())
    expect(secret.isPrivateKey()).toBe(true)
  }
})
