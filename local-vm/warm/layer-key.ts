import { createHash } from 'node:crypto'
import { access, constants, readFile, realpath, stat } from 'node:fs/promises'
import { release } from 'node:os'
import { delimiter, join } from 'node:path'
import { workingVariables } from '../env.js'
import { DriverError } from '../errors.js'
import { machineFiles } from '../files.js'
import type { Firmware, MachineSpec, WarmRequest } from '../protocol.js'
import { bakeSeed } from './bake-seed.js'
import { chooseAccelerator, readHostFacts } from '../qemu/accelerator.js'
import { type Boot, bootOf, qemuArgs, qemuBinary, type QemuPlan } from '../qemu/arguments.js'

/** Everything that a warm image depends on. A memory image fits nothing else. */
export interface LayerFacts {
  /** Of the way in which this program makes warm images. */
  readonly recipe: number
  readonly imageId: string
  /** The programs and firmware that are part of it: path, size and time of each file. */
  readonly files: readonly string[]
  readonly processor: string
  readonly kernel: string
  /** QEMU's command line, with the same names for every machine: devices, processors, memory, acceleration. */
  readonly arguments: readonly string[]
  readonly diskGiB: number
  readonly seed: WarmRequest['seed']
}

/** Raise it with a change of how a warm image is saved or cloned; what is done in the guest counts by itself. */
export const RECIPE = 1

/** What the machines that share a warm image have in common. */
export type Likeness = Pick<
  WarmRequest,
  'image' | 'vcpus' | 'memoryMiB' | 'diskGiB' | 'seed' | 'names' | 'hasNetwork'
>

export const likenessOf = (spec: MachineSpec & Required<Pick<MachineSpec, 'warm'>>): Likeness => ({
  image: spec.image,
  vcpus: spec.vcpus,
  memoryMiB: spec.memoryMiB,
  diskGiB: spec.diskGiB,
  seed: spec.warm.seed,
  names: spec.warm.names,
  hasNetwork: spec.network !== undefined,
})

/** The order of a seed's texts does not count: OpenTofu changes it. */
export const keyOf = (facts: LayerFacts): string =>
  createHash('sha256')
    .update(JSON.stringify({ ...facts, seed: bakeSeed(facts.seed) }))
    .digest('hex')
    .slice(0, 32)

export async function readLayerFacts(
  likeness: Likeness,
  image: { readonly id: string; readonly firmware: Firmware },
  qemu: string | undefined,
): Promise<LayerFacts> {
  const { architecture } = likeness.image
  const boot = await bootOf(image.firmware, architecture)
  const firmware = boot.firmware === 'uefi' ? [boot.files.code, boot.files.variables] : []
  const program = await findProgram(qemu ?? qemuBinary(architecture))
  return {
    recipe: RECIPE,
    imageId: image.id,
    files: await Promise.all([program, ...firmware].map(lookOf)),
    processor: await processorOf(),
    kernel: release(),
    arguments: qemuArgs(likePlan(likeness, boot), 'threads'),
    diskGiB: likeness.diskGiB,
    seed: likeness.seed,
  }
}

function likePlan({ image, vcpus, memoryMiB, hasNetwork, names }: Likeness, boot: Boot): QemuPlan {
  const { macAddress, privateMacAddress } = names
  const network = hasNetwork ? { network: { macAddress: privateMacAddress } } : {}
  return {
    spec: { id: 'distrolab-warm', vcpus, memoryMiB, sshPort: 1, macAddress, ...network },
    architecture: image.architecture,
    distro: image.distro,
    files: machineFiles('distrolab-warm', '/warm'),
    accelerator: chooseAccelerator(readHostFacts(), image.architecture),
    boot,
    begin: 'incoming',
    identity: 'listening',
  }
}

/** A changed program is another version; starting it to ask would take longer. Throws qemu-missing. */
async function findProgram(name: string): Promise<string> {
  const folders = name.includes('/') ? [''] : (workingVariables()['PATH'] ?? '').split(delimiter)
  for (const folder of folders) {
    const path = folder === '' ? name : join(folder, name)
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return realpath(path)
  }
  throw new DriverError({ code: 'qemu-missing', binary: name })
}

async function lookOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file)
  return `${file} ${size} ${mtimeMs}`
}

/** Its model and features; on systems without /proc, the architecture has to do. */
async function processorOf(): Promise<string> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => process.arch)
  const lines = text.split('\n').filter((line) => /^(model name|flags|Features|CPU part)\b/.test(line))
  return createHash('sha256')
    .update([...new Set(lines)].join('\n'))
    .digest('hex')
}
