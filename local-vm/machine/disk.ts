import { constants } from 'node:fs'
import { copyFile, link, mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Context } from './context.js'
import { errnoOf, writeFailure } from '../errors.js'
import { imageFiles, type MachineFiles, type SeedFile } from '../files.js'
import { makeFolder, PRIVATE_FILE, putFile } from './folder.js'
import { inspectDisk } from '../image/disk-header.js'
import { convertToQcow2, createOverlay } from '../image/qemu-img.js'
import { markAsOurs } from './own-folder.js'
import { readOwnText } from './own-text.js'
import type { Firmware, ImageResult, MachineSpec, Seed } from '../protocol.js'
import { findFirmware } from '../qemu/firmware.js'

const GIB = 1024 ** 3

/** What a machine's disk was made from. At first only the id is known; with the rest the disk is complete. */
export interface MachineMeta {
  readonly id: string
  readonly imageId: string
  readonly firmware: Firmware
  /** Made with the devices by which a guest gets an identity. */
  readonly hasIdentityPort?: boolean | undefined
  /** What became of the wish for a clone. */
  readonly warm?: WarmOrigin | undefined
}

/**
 * A clone keeps the first card of its warm image, which no other machine can see. `hostKey`: as in known_hosts, without a
 * host's name. `refused`: why the machine booted although there was a warm image.
 */
export type WarmOrigin =
  | { readonly key: string; readonly macAddress: string; readonly hostKey: string }
  | { readonly refused: string }

/** Makes everything a machine needs to start. Its directory must be empty or absent. */
export async function makeDisk(
  spec: MachineSpec,
  image: ImageResult,
  files: MachineFiles,
  context: Context,
  warm?: WarmOrigin,
): Promise<void> {
  context.report('disk', `${spec.diskGiB} GiB on ${image.id}`)
  try {
    await makeFolder(files.directory)
    await markAsOurs(spec.id, files)
    await makeDiskFiles(spec, image, files, context)
    const { id: imageId, firmware } = image
    await writeMeta(files, { id: spec.id, imageId, firmware, hasIdentityPort: true, warm })
  } catch (error) {
    throw writeFailure(error, files.directory)
  }
}

/** Everything but the mark of a machine's own folder. */
export async function makeDiskFiles(
  spec: Pick<MachineSpec, 'image' | 'diskGiB' | 'seed'>,
  image: ImageResult,
  files: MachineFiles,
  context: Context,
): Promise<void> {
  await linkImage(image, files)
  const { virtualBytes } = await inspectDisk(files.base)
  await createOverlay(files.overlay, basename(files.base), Math.max(virtualBytes, spec.diskGiB * GIB))
  if (image.firmware === 'uefi') {
    const { variables } = await findFirmware(spec.image.architecture)
    await convertToQcow2(variables, files.variables, { signal: context.signal, sourceFormat: 'raw' })
  }
  await writeSeed(spec.seed, files)
}

/**
 * Hard links, so that the machine keeps its image when the cache is deleted, at no cost if both are on one
 * disk.
 */
export async function linkImage(image: ImageResult, files: MachineFiles): Promise<void> {
  const source = imageFiles(image.directory)
  await linkOrCopy(source.disk, files.base)
  if (image.firmware !== 'kernel') return
  await linkOrCopy(source.kernel, files.kernel)
  await linkOrCopy(source.initrd, files.initrd)
}

export async function linkOrCopy(source: string, target: string): Promise<void> {
  try {
    await link(source, target)
  } catch (error) {
    // Another file system, or one without hard links (protected_hardlinks refuses other users' files with
    // EPERM).
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP'].includes(errnoOf(error) ?? '')) throw error
    await copyFile(source, target, constants.COPYFILE_FICLONE)
  }
}

/**
 * The NoCloud seed. QEMU shows this folder to the guest as a small FAT disk, so it must contain nothing else.
 */
export async function writeSeed(seed: Seed, files: MachineFiles): Promise<void> {
  await mkdir(files.seed, { mode: 0o700 })
  const { metaData, userData, networkConfig } = seed
  for (const [name, text] of Object.entries({
    'meta-data': metaData,
    'user-data': userData,
    'network-config': networkConfig,
  } satisfies Record<SeedFile, string>)) {
    await writeFile(join(files.seed, name), text, { mode: PRIVATE_FILE })
  }
}

export const writeMeta = (files: MachineFiles, meta: MachineMeta): Promise<void> =>
  putFile(files.meta, `${JSON.stringify(meta, null, 2)}\n`)

/** Undefined if there is no complete disk. */
export async function readMeta(files: MachineFiles): Promise<MachineMeta | undefined> {
  const text = await readOwnText(files.meta)
  const meta = text === undefined ? {} : (JSON.parse(text) as Partial<MachineMeta>)
  return meta.imageId === undefined ? undefined : (meta as MachineMeta)
}

/** Leftovers of a dead QEMU: it cannot remove its own socket, because it has changed to `/`. */
export async function clearRuntimeFiles(files: MachineFiles): Promise<void> {
  for (const file of [files.pid, files.socket, files.card, files.identity, files.process])
    await rm(file, { force: true })
}
