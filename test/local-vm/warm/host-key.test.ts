import { expect, test } from '@jest/globals'
import ssh2 from 'ssh2'
import { makeHostKey } from '../../../local-vm/warm/host-key.js'
import { publicLine } from '../../../scripts/machine/public-key.js'

test('a host key is one that OpenSSH reads, its public half is the one that is pinned, and no two are the same', () => {
  const keys = Array.from({ length: 50 }, makeHostKey)
  for (const key of keys) {
    const read = ssh2.utils.parseKey(key.private)
    if (read instanceof Error) throw read
    expect(publicLine(read)).toBe(key.public)
    const signature = read.sign('text')
    expect(read.verify('text', signature)).toBe(true)
  }
  expect(new Set(keys.map((key) => key.public)).size).toBe(keys.length)
})
