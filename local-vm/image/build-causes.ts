/** Known reasons why an image could not be built; each has its own remedy. */
export type BuildCause =
  | 'no-user-namespace'
  | 'no-subordinate-ids'
  | 'no-mount'
  | 'mirror-unreachable'
  | 'mirror-lacks'
  | 'disk-full'
  | 'unknown'

/**
 * Matches the output of mmdebstrap, apt, unshare and mount (mmdebstrap 1.2 and 1.5, apt 2.6 and 3.0,
 * util-linux 2.38); the first match counts. A limit on user namespaces is also reported as "No space left on
 * device": clone(2).
 */
const SIGNS: readonly (readonly [BuildCause, RegExp])[] = [
  ['no-user-namespace', /unshare failed: |unshare\(\) failed|unshare syscall failed/],
  ['no-subordinate-ids', /\/etc\/sub[ug]id|unable to pick chroot mode automatically/],
  [
    'no-subordinate-ids',
    /new[ug]idmap .*failed|Cannot change ownership to uid \d+, gid \d+: Invalid argument/,
  ],
  [
    'disk-full',
    /No space left on device|Disk quota exceeded|IO Error saving source cache|don't have enough free space/,
  ],
  ['no-mount', /\bmount: .*(permission denied|must be superuser|Operation not permitted)/i],
  [
    'mirror-unreachable',
    /Could not (connect|resolve)|Temporary failure resolving|Connection (failed|timed out|refused)/,
  ],
  [
    'mirror-lacks',
    /does not have a Release file|Unable to locate package|has no installation candidate|\b404 +Not Found/,
  ],
]

export const causeIn = (log: string): BuildCause => SIGNS.find(([, sign]) => sign.test(log))?.[0] ?? 'unknown'
