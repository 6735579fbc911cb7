import { describe, expect, test } from '@jest/globals'
import ssh2 from 'ssh2'
import { loadCatalog } from '../../../distro-catalog/load.js'
import { LabError, type LabFault } from '../../../scripts/errors.js'
import { assertKeysTaken } from '../../../scripts/lab/taken-keys.js'
import { rsaBits } from '../../../scripts/machine/public-key.js'

const { generateKeyPairSync } = ssh2.utils
const keys = {
  'ssh-ed25519': generateKeyPairSync('ed25519').public.trim(),
  'ecdsa-sha2-nistp256': generateKeyPairSync('ecdsa', { bits: 256 }).public.trim(),
  'ssh-rsa of 1024 bits': generateKeyPairSync('rsa', { bits: 1024 }).public.trim(),
  'ssh-rsa of 2048 bits': generateKeyPairSync('rsa', { bits: 2048 }).public.trim(),
} as const
type Kind = keyof typeof keys

const { providers } = await loadCatalog()
const provider = (name: 'aws' | 'azure' | 'google' | 'local') => {
  const found = providers.get(name)
  if (found === undefined) throw new Error(`no provider ${name}`)
  return found
}
const own = (kind: Kind) => ({ source: 'file', file: '/home/anna/key', publicKey: keys[kind] }) as const

function refusalOf(...args: Parameters<typeof assertKeysTaken>): LabFault | undefined {
  try {
    assertKeysTaken(...args)
    return undefined
  } catch (error) {
    if (error instanceof LabError) return error.fault
    throw error
  }
}

describe('the keys that a provider takes', () => {
  test.each([
    ['aws', ['ssh-ed25519', 'ssh-rsa of 1024 bits', 'ssh-rsa of 2048 bits']],
    ['azure', ['ssh-ed25519', 'ssh-rsa of 2048 bits']],
    ['google', Object.keys(keys)],
    ['local', Object.keys(keys)],
  ] as const)('%s: %j', (name, taken) => {
    for (const kind of Object.keys(keys) as Kind[]) {
      const fault = refusalOf(provider(name), own(kind))
      if ((taken as readonly string[]).includes(kind)) expect([kind, fault]).toEqual([kind, undefined])
      else
        expect(fault).toMatchObject({ code: 'key-not-taken', key: '--ssh-key /home/anna/key', given: kind })
    }
  })

  test("the team's count where the cloud sees them, and are named by where they come from", () => {
    const team = [{ publicKey: keys['ecdsa-sha2-nistp256'], from: 'github:bob' }]
    expect(refusalOf(provider('azure'), own('ssh-ed25519'), team)).toMatchObject({
      code: 'key-not-taken',
      key: 'authorizedKeys github:bob',
      given: 'ecdsa-sha2-nistp256',
    })
    expect(refusalOf(provider('aws'), own('ssh-ed25519'), team)).toBeUndefined()
  })

  test('an RSA key tells its size, no other does', () => {
    expect(Object.values(keys).map(rsaBits)).toEqual([undefined, undefined, 1024, 2048])
  })
})
