import { basename, dirname, join } from 'node:path'
import { draftOf } from './machine/folder.js'

/** Every file name that the driver uses on disk, declared once. */

export interface ImageFiles {
  readonly directory: string
  readonly disk: string
  readonly meta: string
  /** What the files looked like when their digests were last computed. */
  readonly verified: string
  /** Only in built images, which boot without firmware. */
  readonly kernel: string
  readonly initrd: string
}

export function imageFiles(directory: string): ImageFiles {
  return {
    directory,
    disk: join(directory, 'disk.qcow2'),
    meta: join(directory, 'meta.json'),
    verified: join(directory, 'verified.json'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.img'),
  }
}

export interface CacheFiles {
  readonly images: string
  /** Remembers the newest image of the distro and when the network was last asked. */
  readonly index: string
  readonly guard: string
  /** Unfinished work; the holder of the guard may clear it. */
  readonly work: string
  /** The directory of a cached image. */
  imageOf(id: string): string
  partOf(id: string): string
}

/** `name` is `<distro>-<architecture>`. An image id is `<algorithm>:<hex digest>`. */
export function cacheFiles(cache: string, name: string): CacheFiles {
  const images = join(cache, 'images')
  return {
    images,
    index: join(images, `${name}.json`),
    guard: join(images, `${name}.guard`),
    work: join(images, `${name}.work`),
    imageOf: (id) => join(images, id.replace(':', '-')),
    partOf: (id) => join(images, `${id.replace(':', '-')}.part`),
  }
}

export interface MachineFiles {
  readonly directory: string
  /** The folder named `machines` above the lab's (else the directory's parent); it is never removed. */
  readonly machines: string
  readonly guard: string
  readonly base: string
  readonly kernel: string
  readonly initrd: string
  /** Only in a clone of a warm image: its disk, between the base and the overlay. */
  readonly warm: string
  readonly overlay: string
  readonly variables: string
  readonly seed: string
  readonly meta: string
  readonly process: string
  readonly pid: string
  readonly console: string
  readonly socket: string
  /** The card in the lab's private network; absent if the lab has none. */
  readonly card: string
  /** Where a clone's guest waits for its identity; absent afterwards. */
  readonly identity: string
  /** When the machine must be off; absent if it may run forever. */
  readonly expiry: string
  readonly watchdogPid: string
  readonly watchdogLog: string
}

/**
 * Short, because QEMU gets these names relative to its working directory: sun_path holds 108 bytes, unix(7).
 */
export const SOCKET_NAME = 'qmp.sock'
export const CARD_NAME = 'net.sock'
export const IDENTITY_NAME = 'id.sock'

export function machineFiles(id: string, directory: string): MachineFiles {
  const machines = machinesFolder(directory)
  return {
    directory,
    machines,
    guard: join(machines, `.${id}.guard`),
    base: join(directory, 'base.qcow2'),
    kernel: join(directory, 'vmlinuz'),
    initrd: join(directory, 'initrd.img'),
    warm: join(directory, 'warm.qcow2'),
    overlay: join(directory, 'overlay.qcow2'),
    variables: join(directory, 'variables.qcow2'),
    seed: join(directory, 'seed'),
    meta: join(directory, 'machine.json'),
    process: join(directory, 'process.json'),
    pid: join(directory, 'qemu.pid'),
    console: join(directory, 'console.log'),
    socket: join(directory, SOCKET_NAME),
    card: join(directory, CARD_NAME),
    identity: join(directory, IDENTITY_NAME),
    expiry: join(directory, 'expiry.json'),
    watchdogPid: join(directory, 'watchdog.pid'),
    watchdogLog: join(directory, 'watchdog.log'),
  }
}

/** The content of a machine's seed folder. */
export const seedFiles = ['meta-data', 'user-data', 'network-config'] as const
export type SeedFile = (typeof seedFiles)[number]

/** Every file of a machine except its `meta` and the seed: the driver's, the watchdog's and QEMU's. */
export function knownFiles(files: MachineFiles): readonly string[] {
  const { base, kernel, initrd, overlay, variables, process, pid, console, socket, card } = files
  const { expiry, watchdogPid, watchdogLog, meta, warm, identity } = files
  const whole = [base, kernel, initrd, overlay, variables, process, pid, console, socket, card]
  return [...whole, warm, identity, expiry, watchdogPid, watchdogLog, ...[meta, process, expiry].map(draftOf)]
}

function machinesFolder(directory: string): string {
  // A lab may also be called `machines`.
  for (let place = dirname(dirname(directory)); place !== dirname(place); place = dirname(place)) {
    if (basename(place) === 'machines') return place
  }
  return dirname(directory)
}
