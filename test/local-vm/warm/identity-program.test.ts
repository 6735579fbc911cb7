import { describe, expect, test } from '@jest/globals'
import type { WarmNames } from '../../../local-vm/protocol.js'
import { identityProgram, type GuestIdentity } from '../../../local-vm/warm/identity-program.js'

const IDENTITY: GuestIdentity = {
  instanceId: 'distrolab-0a1b2c3d-web-main-20261201',
  hostname: 'web',
  machineId: '0123456789abcdef0123456789abcdef',
  user: 'debian',
  authorizedKeys: ['ssh-ed25519 AAAA', "ssh-rsa AAAB it's;$(reboot)`reboot`"],
  hostKey: { private: 'PRIVATE\nKEY\n', public: 'ssh-ed25519 AAAC' },
  randomness: 'cmFuZG9t',
  now: 1_796_000_000_123,
}

const NAMES: WarmNames = {
  instanceId: 'warm-instance',
  hostname: 'warm-host',
  macAddress: '52:54:00:77:00:01',
  privateMacAddress: '52:54:00:77:00:02',
  privateAddress: '198.19.77.254',
}

describe('the program that gives a clone its identity', () => {
  const program = identityProgram(IDENTITY, NAMES)

  test('is one compound command, so that nothing of it runs before all of it has arrived', () => {
    expect(program.startsWith('{\n')).toBe(true)
    expect(program.endsWith('\n}\n')).toBe(true)
  })

  test('sets the clock and mixes in randomness before anything else', () => {
    const lines = program.split('\n')
    const at = (text: string): number => lines.findIndex((line) => line.includes(text))
    expect(lines[at('date -u')]).toContain("'@1796000000.123'")
    expect(at('/dev/urandom')).toBe(at('date -u') + 1)
    for (const later of ['hostname', 'machine-id', 'ssh_host_ed25519_key', 'authorized_keys'])
      expect(at(later)).toBeGreaterThan(at('/dev/urandom'))
  })

  test('quotes what is not its own', () => {
    expect(program).toContain(String.raw`ssh-rsa AAAB it'\''s;$(reboot)` + '`reboot`')
  })

  test('ends itself, after an answer', () => {
    expect(program.trimEnd().split('\n').slice(-2)).toEqual(['exit', '}'])
  })

  test('without a private network touches no card', () => {
    expect(program).not.toContain('unbind')
    expect(program).not.toContain(NAMES.privateMacAddress)
  })

  test('with a private network renames the second card and attaches its driver again', () => {
    const privateCard = { macAddress: '52:54:00:aa:bb:cc', address: '198.19.77.12' }
    const text = identityProgram({ ...IDENTITY, privateCard }, NAMES)
    expect(text).toContain("'s/198[.]19[.]77[.]254/198.19.77.12/g'")
    expect(text).toContain("'s/52:54:00:77:00:02/52:54:00:aa:bb:cc/g'")
    expect(text.indexOf('unbind')).toBeGreaterThan(text.indexOf('sed -i'))
  })
})
