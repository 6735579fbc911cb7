import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { buildUserData } from '../../stacks/cloud-user-data.js'

const input = {
  hostname: 'demo',
  publicKeys: ['ssh-ed25519 AAAA anna', 'ssh-ed25519 BBBB bob'],
  powerOffAt: null,
}
const parsed = (changes: object = {}): Record<string, unknown> =>
  parse(buildUserData({ ...input, ...changes }), { version: '1.1' }) as Record<string, unknown>

test('gives the first user the keys, and nobody a password', () => {
  expect(buildUserData(input)).toMatch(/^#cloud-config\n/)
  expect(parsed()).toMatchObject({
    hostname: 'demo',
    ssh_authorized_keys: [...input.publicKeys],
    ssh_pwauth: false,
    disable_root: true,
  })
})

test('a host name that YAML 1.1 would take for a truth value stays a name', () => {
  for (const hostname of ['no', 'on', 'y']) expect(parsed({ hostname })).toMatchObject({ hostname })
})

describe('the end of a machine', () => {
  test('is looked for at every boot, and can be moved by writing a number to a file', () => {
    const { write_files: files, bootcmd } = parsed({ powerOffAt: 1_795_269_600 })
    expect(files).toEqual([{ path: '/etc/distrolab-expires', content: '1795269600\n', permissions: '0644' }])
    expect(bootcmd).toEqual([['sh', '-c', expect.stringContaining('cat /etc/distrolab-expires')]])
    expect(JSON.stringify(bootcmd)).toContain('echo 1795269600')
  })

  test('is not there without an expiry', () => {
    expect(parsed()).not.toHaveProperty('bootcmd')
  })
})
