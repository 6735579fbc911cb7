import type { DriverFault } from '../../local-vm/errors.js'
import { EXIT, indented, type Explanations, withRunbook } from './explanation.js'
import { remedyOf } from './build-causes.js'
import { typed } from '../report/typed.js'

const INSTALL = 'distrolab doctor    # shows what is missing and how to install it'
const AGAIN = 'Run the same command again; what was downloaded is kept.'

const lastLines = (log: string): string =>
  log === '' ? '' : ` The last lines of mmdebstrap:${indented(log.trim().split('\n'))}`

/** Rounded up. */
const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20)

export const driverExplanations: Explanations<DriverFault> = {
  usage: ({ problems }) => ({
    message: `The VM driver received an invalid request:${indented(problems.map(({ field, expected, got }) => `${field}: expected ${expected}, got ${got}`))}`,
    hint: '',
    exitCode: EXIT.usage,
  }),
  interrupted: ({ signal }) => ({
    message: `The VM driver was interrupted (${signal}).`,
    hint: 'Run the same command again.',
    exitCode: signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated,
  }),
  'qemu-missing': ({ binary }) => ({
    message: `${binary} was not found.`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'builder-missing': ({ tool }) => ({
    message: `${tool} was not found. It builds the image when none can be downloaded.`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'keyring-missing': ({ keyring }) => ({
    message: `${keyring} was not found. It is needed to verify the packages of a built image.`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'firmware-missing': ({ looked }) => ({
    message: `No UEFI firmware was found. Places searched:${indented(looked)}`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'port-taken': ({ port, by }) => ({
    message: `Port ${port} of 127.0.0.1, which forwards to this machine's SSH, is in use by ${by ?? 'another program'}.`,
    hint: 'End that program and run the same command again, or recreate the lab: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'image-unreachable': ({ url, reason }) => ({
    message: `Cannot download the image from ${url}: ${reason}.`,
    hint: withRunbook(
      'Check the network (HTTPS_PROXY is honoured) and run the same command again.',
      'dropped-network',
    ),
    exitCode: EXIT.failed,
  }),
  'image-refused': ({ url, status }) => ({
    message: `The server answered ${status} for ${url}.`,
    hint: 'The image may have moved: look for a newer catalog, or add your own distro file.',
    exitCode: EXIT.failed,
  }),
  'image-moved': ({ pinned, now }) => ({
    message: `This lab's image ${pinned} is no longer offered; the current one is ${now}.`,
    hint: 'Recreate the lab: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'image-invalid': ({ url, reason }) => ({
    message: `${url} is not a usable disk image: ${reason}.`,
    hint: '',
    exitCode: EXIT.failed,
  }),
  'checksum-mismatch': ({ url, expected, got }) => ({
    message: `The checksum of ${url} is wrong:${indented([`expected ${expected}`, `got      ${got}`])}`,
    hint: 'The downloaded file was removed. Run the same command again; if the checksum is wrong again, do not use that server.',
    exitCode: EXIT.failed,
  }),
  'checksum-unknown': ({ url, file }) => ({
    message: `${url} lists no checksum for ${file}.`,
    hint: 'Without one the image is not used. The catalog entry may need another checksum URL or format.',
    exitCode: EXIT.failed,
  }),
  'download-truncated': ({ url, expected, got }) => ({
    message: `${url} ended after ${got} of ${expected} bytes.`,
    hint: AGAIN,
    exitCode: EXIT.failed,
  }),
  'disk-full': ({ place }) => ({
    message: `The disk of ${place} is full.`,
    hint: 'Free some space, or choose another place with DISTROLAB_CACHE (images) or DISTROLAB_HOME (VMs), and run the same command again.',
    exitCode: EXIT.failed,
  }),
  'place-unwritable': ({ place, reason }) => ({
    message: `Cannot write to ${place}: ${reason}.`,
    hint: 'Make it writable, or choose another place with DISTROLAB_CACHE (images) or DISTROLAB_HOME (VMs).',
    exitCode: EXIT.failed,
  }),
  'place-unreadable': ({ place, reason }) => ({
    message: `Cannot read ${place}, so its contents are unknown: ${reason}.`,
    hint: 'Make it readable, or run the command as the user whose machine it is.',
    exitCode: EXIT.failed,
  }),
  'build-failed': ({ cause, log }) => ({
    message: `The image could not be built: ${remedyOf(cause).message}.${lastLines(log)}`,
    hint: remedyOf(cause).hint,
    exitCode: EXIT.failed,
  }),
  'qemu-failed': ({ stderr }) => ({
    message: `QEMU did not start:${indented(stderr.trim().split('\n'))}`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'qemu-too-old': ({ binary, since, stderr }) => ({
    message: `${binary} is too old for a lab of several machines, whose private network needs QEMU ${since} or newer:${indented(stderr.trim().split('\n'))}`,
    hint: 'Install a newer QEMU, or name one with DISTROLAB_QEMU. A lab of one machine works with this one.',
    exitCode: EXIT.failed,
  }),
  'switch-silent': ({ log }) => ({
    message: "The switch of the lab's private network was started and does not answer.",
    hint: typed`tail ${log}    # shows why; then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'tool-failed': ({ tool, stderr }) => ({
    message: `${tool} failed:${indented(stderr.trim().split('\n'))}`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'machine-absent': ({ id, directory }) => ({
    message: `The VM ${id} has no disk in ${directory}.`,
    hint: withRunbook('Recreate the lab: distrolab down LAB && distrolab up LAB', 'lost-work-folder'),
    exitCode: EXIT.failed,
  }),
  'machine-broken': ({ id, directory, reason }) => ({
    message: `The VM ${id} in ${directory} cannot be used: ${reason}.`,
    hint: 'Recreate the lab: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'machine-out-of-room': ({ id, directory, free, needed, growth }) => ({
    message: `The VM ${id} is paused because the disk of ${directory} is full: ${mebibytes(free)} MiB are free there, and it needs ${mebibytes(needed)} MiB to continue. Its own disk can still grow by ${mebibytes(growth)} MiB.`,
    hint: typed`df -h ${directory}    # free some space there, then run the same command again: the VM continues where it stopped`,
    exitCode: EXIT.failed,
  }),
  'machine-busy': ({ id, pid }) => ({
    message: `Another driver (pid ${pid}) is working on the VM ${id}.`,
    hint: 'Run the same command again when it is done.',
    exitCode: EXIT.locked,
  }),
  'machine-folder-foreign': ({ id, directory, reason }) => ({
    message: `${directory} is not the folder of the VM ${id}: ${reason}. Nothing in it was changed or removed.`,
    hint: typed`ls -la ${directory}    # move what is yours elsewhere, then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'machine-left': ({ id, left }) => ({
    message: `Parts of the VM ${id} could not be removed:${indented(left)}`,
    hint: withRunbook('Run the same command again.', 'destroy-by-hand'),
    exitCode: EXIT.leftovers,
  }),
  'machine-stopped': ({ id }) => ({
    message: `The VM ${id} is not running.`,
    hint: 'distrolab up LAB    # brings it back',
    exitCode: EXIT.failed,
  }),
  'machine-expired': ({ id, expiresAt }) => ({
    message: `The VM ${id} expired at ${expiresAt}; it stays off until its lab is extended.`,
    hint: 'distrolab extend LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'baseline-absent': ({ id }) => ({
    message: `The VM ${id} has no baseline to go back to; nothing was changed.`,
    hint: 'Recreate the lab: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'baseline-failed': ({ id, reason }) => ({
    message: `The baseline of the VM ${id} could not be taken: ${reason}.`,
    hint: 'Run the same command again.',
    exitCode: EXIT.failed,
  }),
  'baseline-broken': ({ id, reason }) => ({
    message: `The baseline of the VM ${id} cannot be loaded, so the VM was powered off: ${reason}.`,
    hint: 'It fits only the QEMU it was taken with. Recreate the lab: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'warm-failed': ({ reason }) => ({
    message: `No warm image could be made: ${reason}.`,
    hint: 'Labs boot without one. To see what the machine does, boot one: distrolab up --cold',
    exitCode: EXIT.failed,
  }),
  'driver-bug': ({ stack }) => ({
    message: `Something went wrong inside the VM driver:${indented(stack.split('\n'))}`,
    hint: 'Run it again with -vv and report what it prints.',
    exitCode: EXIT.failed,
  }),
}
