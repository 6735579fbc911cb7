import type { BuildCause } from '../../local-vm/image/build-causes.js'
import { withRunbook } from './explanation.js'

interface Remedy {
  /** Completes "The image could not be built: …". */
  readonly message: string
  readonly hint: string
}

const remedies: Readonly<Record<BuildCause, Remedy>> = {
  'no-user-namespace': {
    message: 'this user may not create a user namespace',
    hint: [
      'sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0    # Ubuntu 24.04 and newer',
      'sudo sysctl -w user.max_user_namespaces=15000    # others',
      'In a container: run the command as root, or start it with --security-opt seccomp=unconfined --security-opt apparmor=unconfined',
    ].join('\n  '),
  },
  'no-subordinate-ids': {
    message:
      'this user has no subordinate user and group ids in /etc/subuid and /etc/subgid, or they cannot be mapped',
    hint: [
      'sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 "$(id -un)"',
      'In a container: run the command as root.',
    ].join('\n  '),
  },
  'no-mount': {
    message: 'mounting is not allowed here',
    hint: 'Start the container with --cap-add SYS_ADMIN --security-opt apparmor=unconfined, or with --privileged.',
  },
  'mirror-unreachable': {
    message: 'the package mirror cannot be reached',
    hint: withRunbook(
      'Check the network (http_proxy is honoured) and run the same command again.',
      'dropped-network',
    ),
  },
  'mirror-lacks': {
    message: 'the package mirror lacks a release or package that the image needs',
    hint: 'The release may have moved to an archive: name a mirror that has it in a distro file of your own.',
  },
  'disk-full': {
    message: 'the disk is full',
    hint: 'Free some space and run the same command again.',
  },
  unknown: {
    message: 'mmdebstrap failed',
    hint: 'distrolab doctor    # checks what a build needs; then run the same command again',
  },
}

/** A fault is read from what a program printed. `doctor` says the same of a right that is missing. */
export const remedyOf = (cause: string): Remedy =>
  Object.hasOwn(remedies, cause) ? remedies[cause as BuildCause] : remedies.unknown
