import { expect, test } from '@jest/globals'
import semver from 'semver'
import { minimumEngines } from '../../../backend/state-backend.js'
import { ENCRYPTION_ENGINE } from '../../../scripts/encryption.js'
import { archiveFor, engineSource, release } from '../../../scripts/engine/release.js'

test('the pinned engine is new enough for every backend, and for encryption', () => {
  for (const minimum of [...Object.values(minimumEngines), ENCRYPTION_ENGINE])
    expect(semver.gte(release.version, minimum)).toBe(true)
  expect(engineSource.version).toBe(release.version)
})

test('each archive has a SHA-256 of its own', () => {
  const digests = Object.values(release.digests)
  for (const digest of digests) expect(digest).toMatch(/^[0-9a-f]{64}$/)
  expect(new Set(digests).size).toBe(digests.length)
})

test.each([
  ['linux', 'x64', 'linux_amd64'],
  ['linux', 'arm64', 'linux_arm64'],
  ['darwin', 'x64', 'darwin_amd64'],
  ['darwin', 'arm64', 'darwin_arm64'],
] as const)('%s on %s loads %s', (platform, arch, target) => {
  expect(archiveFor(platform, arch)).toEqual({
    name: `tofu_1.12.6_${target}.tar.gz`,
    path: `v1.12.6/tofu_1.12.6_${target}.tar.gz`,
    sha256: release.digests[target],
  })
})

test.each([
  ['linux', 'ppc64'],
  ['win32', 'x64'],
  ['__proto__', ''],
])('there is none for %s on %s', (platform, arch) => {
  expect(archiveFor(platform, arch)).toBeUndefined()
})
