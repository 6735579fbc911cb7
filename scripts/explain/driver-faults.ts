import type { DriverFault } from '../../local-vm/errors.js'
import { EXIT, indented, type Explanations, withRunbook } from './explanation.js'
import { remedyOf } from './build-causes.js'
import { typed } from '../report/typed.js'

const INSTALL = 'distrolab doctor    # what is missing and how to install it'
const AGAIN = 'Run the same command again; what was loaded is kept.'

const lastLines = (log: string): string =>
  log === '' ? '' : ` The last lines of mmdebstrap:${indented(log.trim().split('\n'))}`

/** Rounded up. */
const mebibytes = (bytes: number): number => Math.ceil(bytes / 2 ** 20)

export const driverExplanations: Explanations<DriverFault> = {
  usage: ({ problems }) => ({
    message: `The VM driver was told something wrong:${indented(problems.map(({ field, expected, got }) => `${field}: expected ${expected}, got ${got}`))}`,
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
    message: `${tool} was not found; it builds the image where none can be downloaded.`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'keyring-missing': ({ keyring }) => ({
    message: `${keyring} was not found; the packages of a built image are verified with it.`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'firmware-missing': ({ looked }) => ({
    message: `No UEFI firmware was found; looked at:${indented(looked)}`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'port-taken': ({ port, by }) => ({
    message: `Port ${port} of 127.0.0.1, which this machine's SSH is forwarded from, is used by ${by ?? 'another program'}.`,
    hint: 'End that program and run the same command again, or make the lab anew: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'image-unreachable': ({ url, reason }) => ({
    message: `The image can't be loaded from ${url}: ${reason}.`,
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
    message: `This lab's image ${pinned} is not offered any more; there is ${now} now.`,
    hint: 'Make the lab anew: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'image-invalid': ({ url, reason }) => ({
    message: `${url} is no usable disk image: ${reason}.`,
    hint: '',
    exitCode: EXIT.failed,
  }),
  'checksum-mismatch': ({ url, expected, got }) => ({
    message: `The checksum of ${url} is wrong:${indented([`expected ${expected}`, `got      ${got}`])}`,
    hint: 'The loaded file was removed. Run the same command again; if it stays wrong, do not use that server.',
    exitCode: EXIT.failed,
  }),
  'checksum-unknown': ({ url, file }) => ({
    message: `${url} has no checksum of ${file}.`,
    hint: 'Without it the image is not used. The catalog entry may need another checksum URL or format.',
    exitCode: EXIT.failed,
  }),
  'download-truncated': ({ url, expected, got }) => ({
    message: `${url} ended after ${got} of ${expected} bytes.`,
    hint: AGAIN,
    exitCode: EXIT.failed,
  }),
  'disk-full': ({ place }) => ({
    message: `There is no room left on the disk of ${place}.`,
    hint: 'Make room, or choose another place with DISTROLAB_CACHE (images) or DISTROLAB_HOME (VMs), and run the same command again.',
    exitCode: EXIT.failed,
  }),
  'place-unwritable': ({ place, reason }) => ({
    message: `${place} can't be written: ${reason}.`,
    hint: 'Make it writable, or choose another place with DISTROLAB_CACHE (images) or DISTROLAB_HOME (VMs).',
    exitCode: EXIT.failed,
  }),
  'place-unreadable': ({ place, reason }) => ({
    message: `${place} can't be read, so what is there is not known: ${reason}.`,
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
  'tool-failed': ({ tool, stderr }) => ({
    message: `${tool} failed:${indented(stderr.trim().split('\n'))}`,
    hint: INSTALL,
    exitCode: EXIT.failed,
  }),
  'machine-absent': ({ id, directory }) => ({
    message: `The VM ${id} has no disk in ${directory}.`,
    hint: withRunbook('Make the lab anew: distrolab down LAB && distrolab up LAB', 'lost-work-folder'),
    exitCode: EXIT.failed,
  }),
  'machine-broken': ({ id, directory, reason }) => ({
    message: `The VM ${id} in ${directory} can't be used: ${reason}.`,
    hint: 'Make the lab anew: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'machine-out-of-room': ({ id, directory, free, needed, growth }) => ({
    message: `The VM ${id} stands still because the disk of ${directory} is full: ${mebibytes(free)} MiB are free there, and it needs ${mebibytes(needed)} MiB to go on. Its own disk may still grow by ${mebibytes(growth)} MiB.`,
    hint: typed`df -h ${directory}    # make room there, then run the same command again: the VM goes on where it stopped`,
    exitCode: EXIT.failed,
  }),
  'machine-busy': ({ id, pid }) => ({
    message: `Another driver (pid ${pid}) works on the VM ${id}.`,
    hint: 'Run the same command again when it is done.',
    exitCode: EXIT.locked,
  }),
  'machine-folder-foreign': ({ id, directory, reason }) => ({
    message: `${directory} is not the folder of the VM ${id}: ${reason}. Nothing in it was changed or removed.`,
    hint: typed`ls -la ${directory}    # move what is yours elsewhere, then run the same command again`,
    exitCode: EXIT.failed,
  }),
  'machine-left': ({ id, left }) => ({
    message: `Something of the VM ${id} could not be removed:${indented(left)}`,
    hint: withRunbook('Run the same command again.', 'destroy-by-hand'),
    exitCode: EXIT.leftovers,
  }),
  'machine-stopped': ({ id }) => ({
    message: `The VM ${id} does not run.`,
    hint: 'distrolab up LAB    # brings it back',
    exitCode: EXIT.failed,
  }),
  'machine-expired': ({ id, expiresAt }) => ({
    message: `The time of the VM ${id} was up at ${expiresAt}; it stays off until it is given more.`,
    hint: 'distrolab extend LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'baseline-absent': ({ id }) => ({
    message: `The VM ${id} has no baseline to go back to; nothing was changed.`,
    hint: 'Make the lab anew: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'baseline-failed': ({ id, reason }) => ({
    message: `The baseline of the VM ${id} could not be taken: ${reason}.`,
    hint: 'Run the same command again.',
    exitCode: EXIT.failed,
  }),
  'baseline-broken': ({ id, reason }) => ({
    message: `The baseline of the VM ${id} can't be loaded, so the VM was powered off: ${reason}.`,
    hint: 'It fits only the QEMU it was taken with. Make the lab anew: distrolab down LAB && distrolab up LAB',
    exitCode: EXIT.failed,
  }),
  'driver-bug': ({ stack }) => ({
    message: `Something went wrong inside the VM driver:${indented(stack.split('\n'))}`,
    hint: 'Run it again with -vv and report what it prints.',
    exitCode: EXIT.failed,
  }),
}
