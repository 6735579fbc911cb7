import { describe, expect, test } from '@jest/globals'
import { causeIn } from '../../../local-vm/image/build-causes.js'

/** The end of what the tools wrote: mmdebstrap 1.3, apt 2.6, util-linux 2.38, where not said otherwise. */
const recorded = [
  ['no-user-namespace', 'unshare: unshare failed: No space left on device'],
  ['no-user-namespace', 'unshare: unshare failed: Operation not permitted'],
  ['no-subordinate-ids', 'W: /etc/subuid is empty\nE: failed to parse /etc/subuid and /etc/subgid'],
  ['no-subordinate-ids', 'E: unable to pick chroot mode automatically (use --mode for manual selection)'],
  [
    'no-subordinate-ids',
    'tar: ./usr/sbin/unix_chkpwd: Cannot change ownership to uid 0, gid 42: Invalid argument\nE: tar --extract failed: 512',
  ],
  [
    'mirror-unreachable',
    'E: Failed to fetch http://127.0.0.1:9/debian/dists/trixie/InRelease  Could not connect to 127.0.0.1:9 (127.0.0.1). - connect (111: Connection refused)\nE: Some index files failed to download. They have been ignored, or old ones used instead.\nE: mmdebstrap failed to run',
  ],
  [
    'mirror-unreachable',
    "E: Failed to fetch http://no-such-host.invalid/debian/dists/trixie/InRelease  Could not resolve 'no-such-host.invalid'\nE: mmdebstrap failed to run",
  ],
  [
    'mirror-lacks',
    "E: The repository 'http://deb.debian.org/debian nosuch Release' does not have a Release file.\nE: mmdebstrap failed to run",
  ],
  ['mirror-lacks', 'Building dependency tree...\nE: Unable to locate package no-such-package'],
  [
    'disk-full',
    'E: IO Error saving source cache\nE: The package lists or status file could not be parsed or opened.',
  ],
  ['disk-full', 'tar: ./usr/bin/perl: Cannot write: No space left on device\nE: mmdebstrap failed to run'],
  ['no-mount', 'mount: /tmp/tmp.x2: permission denied.\nE: setup failed: E: command failed: set -eu'],
  ['unknown', 'E: mmdebstrap failed to run'],
] as const

describe('what the builder said', () => {
  test.each(recorded)('is known as %s: %s', (cause, log) => {
    expect(causeIn(log)).toBe(cause)
  })
})
