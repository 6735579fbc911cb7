import { requireForm } from '../../backend/forms.js'
import { CARD_NAME, IDENTITY_NAME, type MachineFiles, SOCKET_NAME } from '../files.js'
import type { Accelerator, Architecture, Firmware, MachineSpec } from '../protocol.js'
import { findFirmware, type FirmwareFiles } from './firmware.js'

/** What QEMU boots from: the image's own boot loader, or a kernel and initrd beside the disk. */
export type Boot =
  | { readonly firmware: Extract<Firmware, 'uefi'>; readonly files: FirmwareFiles }
  | { readonly firmware: Extract<Firmware, 'bios'> }
  | { readonly firmware: Extract<Firmware, 'kernel'> }

/** Throws firmware-missing. */
export async function bootOf(firmware: Firmware, architecture: Architecture): Promise<Boot> {
  return firmware === 'uefi' ? { firmware, files: await findFirmware(architecture) } : { firmware }
}

export interface QemuPlan {
  readonly spec: Pick<MachineSpec, 'id' | 'vcpus' | 'memoryMiB' | 'sshPort' | 'macAddress' | 'network'>
  readonly architecture: Architecture
  /** The distro's name decides what an emulated CPU may leave out. */
  readonly distro: string
  readonly files: MachineFiles
  readonly accelerator: Accelerator
  readonly boot: Boot
  readonly begin: Begin
  /** The guest's memory is this file; `private`: as it was, without changing it. Absent: memory of QEMU's own. */
  readonly memory?: { readonly file: string; readonly access: 'shared' | 'private' }
  /**
   * The devices by which a guest gets an identity. `listening`: at the socket IDENTITY_NAME. Absent in a machine that was
   * made without them, because its baseline fits no other devices.
   */
  readonly identity?: 'listening' | 'unused' | undefined
  /** It ends with the process that starts it. */
  readonly isAttached?: boolean
}

/**
 * `paused`: its guest does nothing until it is resumed, so that its state can be loaded. `incoming`: the same, for a state
 * that comes from another QEMU.
 */
export type Begin = 'running' | 'paused' | 'incoming'

/** Its name in the guest's /dev/virtio-ports. */
export const IDENTITY_PORT = 'org.distrolab.identity'

/**
 * How QEMU reads and writes the machine's large disk. A snapshot's memory comes in thousands of reads;
 * io_uring takes less than half of the time, because no read is handed to another thread.
 */
export type Aio = 'io_uring' | 'threads'

const MACHINE_TYPE = { x86_64: 'q35', aarch64: 'virt' } as const
const DISK = 'disk'
const VARIABLES = 'variables'
const CONSOLE = { x86_64: 'ttyS0', aarch64: 'ttyAMA0' } as const

export const qemuBinary = (architecture: Architecture): string => `qemu-system-${architecture}`

/**
 * The command line of a machine. Paths are absolute, because a daemonised QEMU changes to `/` and opens some
 * files later (for example the seed's). Only the socket is relative to the starting directory, because a Unix
 * socket's path holds 108 bytes.
 */
export function qemuArgs(plan: QemuPlan, aio: Aio): string[] {
  const { spec, files } = plan
  return [
    ['-name', escapeCommas(spec.id)],
    ...machineArgs(plan),
    ['-smp', String(spec.vcpus), '-m', `${spec.memoryMiB}M`],
    ...memoryArgs(plan),
    ['-nodefaults', '-no-user-config', '-display', 'none'],
    [
      '-chardev',
      `file,id=console,path=${escapeCommas(files.console)},append=on`,
      '-serial',
      'chardev:console',
    ],
    ['-chardev', `socket,id=qmp,path=${SOCKET_NAME},server=on,wait=off`, '-mon', 'chardev=qmp,mode=control'],
    ['-pidfile', files.pid],
    ...diskArgs(plan, aio),
    ['-netdev', `user,id=net0,hostfwd=tcp:127.0.0.1:${spec.sshPort}-:22`],
    // Without its ROM the firmware does not try to boot from the network.
    [
      '-device',
      `virtio-net-pci,netdev=net0,mac=${requireForm('macAddress', 'macAddress', spec.macAddress)},romfile=`,
    ],
    ['-device', 'virtio-rng-pci'],
    ...bootArgs(plan),
    ...cardArgs(plan),
    ...identityArgs(plan),
    BEGIN[plan.begin],
    plan.isAttached === true ? [] : ['-daemonize'],
  ].flat()
}

/**
 * The card in the lab's private network. QEMU listens, and listens again when the switch is gone: so both may
 * be restarted at any time.
 */
function cardArgs({ spec: { network } }: QemuPlan): string[][] {
  if (network === undefined) return []
  const macAddress = requireForm('macAddress', 'network.macAddress', network.macAddress)
  return [
    ['-netdev', `stream,id=net1,server=on,addr.type=unix,addr.path=${CARD_NAME}`],
    ['-device', `virtio-net-pci,netdev=net1,mac=${macAddress},romfile=`],
  ]
}

const BEGIN = { running: [], paused: ['-S'], incoming: ['-S', '-incoming', 'defer'] } as const

/** A baseline names the memory: a clone's is called what QEMU calls its own, so that it also fits a QEMU without the file. */
const MEMORY = { x86_64: 'pc.ram', aarch64: 'mach-virt.ram' } as const

function memoryArgs({ spec, memory, architecture }: QemuPlan): string[][] {
  if (memory === undefined) return []
  const id = MEMORY[architecture]
  const share = memory.access === 'shared' ? 'on' : 'off'
  const file = `size=${spec.memoryMiB}M,mem-path=${escapeCommas(memory.file)},share=${share}`
  return [['-object', `memory-backend-file,id=${id},x-use-canonical-path-for-ramblock-id=off,${file}`]]
}

/** vmgenid announces to the guest that its memory is a copy (loaded again, or cloned); QEMU has it for PCs. */
function identityArgs({ identity, architecture }: QemuPlan): string[][] {
  if (identity === undefined) return []
  const end =
    identity === 'listening' ? `socket,id=id,path=${IDENTITY_NAME},server=on,wait=off` : 'null,id=id'
  return [
    ['-chardev', end, '-device', 'virtio-serial-pci,max_ports=2'],
    ['-device', `virtserialport,chardev=id,name=${IDENTITY_PORT}`],
    architecture === 'x86_64' ? ['-device', 'vmgenid,guid=auto'] : [],
  ]
}

function machineArgs({ architecture, accelerator, boot, distro, memory }: QemuPlan): string[][] {
  const backend = memory === undefined ? '' : `,memory-backend=${MEMORY[architecture]}`
  const flash = boot.firmware === 'uefi' ? `,pflash0=code,pflash1=${VARIABLES}` : ''
  return [
    ['-machine', `${MACHINE_TYPE[architecture]}${backend}${flash}`],
    ['-accel', accelerator === 'tcg' ? 'tcg,thread=multi' : accelerator],
    ['-cpu', accelerator === 'tcg' ? emulatedCpu(architecture, distro) : 'host'],
  ]
}

/** Their user space runs on any x86-64; the others may demand x86-64-v2 or v3, which include cmpxchg16b. */
const BASELINE_DISTROS = /^(debian|ubuntu)-/

/**
 * Under QEMU 7.2 (Debian 12), kernel 6.12.107 dies of a double fault within seconds (3 boots of 3), right
 * after a cmpxchg16b in its allocator, with a pointer's bits in EFLAGS; the emulated flags are most likely to
 * blame. Without the CPU feature the kernel takes another path, and none of many boots died.
 */
function emulatedCpu(architecture: Architecture, distro: string): string {
  return architecture === 'x86_64' && BASELINE_DISTROS.test(distro) ? 'max,-cx16' : 'max'
}

/** QEMU's names of a machine's writable disks; the first is the large one. */
export const diskNodes = (firmware: Firmware): readonly [string, ...string[]] =>
  firmware === 'uefi' ? [DISK, VARIABLES] : [DISK]

function diskArgs({ files, boot }: QemuPlan, aio: Aio): string[][] {
  // With -kernel, QEMU's own boot ROM has the first place.
  const first = boot.firmware === 'kernel' ? '' : ',bootindex=0'
  const disk = { driver: 'file', aio, filename: files.overlay }
  const overlay = { driver: 'qcow2', 'node-name': DISK, discard: 'unmap', file: disk }
  const seed = { driver: 'vvfat', 'node-name': 'seed', dir: files.seed, label: 'cidata', 'read-only': true }
  return [
    ['-blockdev', JSON.stringify(overlay), '-device', `virtio-blk-pci,drive=${DISK}${first}`],
    ['-blockdev', JSON.stringify(seed), '-device', 'virtio-blk-pci,drive=seed'],
  ]
}

/**
 * panic=5: a guest kernel that dies restarts instead of halting forever. An emulated CPU does not speculate,
 * so mitigations only cost time there; lazy RCU grace periods do not help it either.
 */
function kernelCommandLine({ architecture, accelerator }: QemuPlan): string {
  const words = ['root=LABEL=root', 'rw', `console=${CONSOLE[architecture]}`, 'loglevel=4', 'panic=5']
  if (accelerator === 'tcg') words.push('mitigations=off', 'rcupdate.rcu_expedited=1')
  return words.join(' ')
}

function bootArgs(plan: QemuPlan): string[][] {
  const { boot, files } = plan
  switch (boot.firmware) {
    case 'bios':
      return []
    case 'uefi':
      return flashArgs(boot.files, files)
    case 'kernel':
      return [
        ['-kernel', files.kernel, '-initrd', files.initrd],
        ['-append', kernelCommandLine(plan)],
      ]
  }
}

/** The variable store is qcow2: a raw one is writable without snapshots, and QEMU's savevm then refuses. */
function flashArgs(firmware: FirmwareFiles, files: MachineFiles): string[][] {
  const code = { driver: 'raw', 'node-name': 'code', 'read-only': true, file: fileNode(firmware.code) }
  const variables = { driver: 'qcow2', 'node-name': VARIABLES, file: fileNode(files.variables) }
  return [
    ['-blockdev', JSON.stringify(code)],
    ['-blockdev', JSON.stringify(variables)],
  ]
}

const fileNode = (filename: string): object => ({ driver: 'file', filename })
/** QEMU's option syntax: a comma within a value is doubled. */
const escapeCommas = (value: string): string => value.replaceAll(',', ',,')
