import { open, readdir, rename, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BackendError } from '../../backend/errors.js'
import { withGuard } from '../../backend/guard.js'
import { DriverError, writeFailure } from '../errors.js'
import { IDENTITY_NAME, machineFiles, type MachineFiles } from '../files.js'
import { findCached } from '../image/cache.js'
import type { Context } from '../machine/context.js'
import { makeDiskFiles } from '../machine/disk.js'
import { makeFolder } from '../machine/folder.js'
import { killProcesses } from '../machine/process-table.js'
import type { ImageResult, MachineSpec, ResultOf, WarmRequest } from '../protocol.js'
import { chooseAccelerator, readHostFacts } from '../qemu/accelerator.js'
import { bootOf, qemuBinary, type QemuPlan } from '../qemu/arguments.js'
import { launchAttached } from '../qemu/launch.js'
import { saveDevices } from '../qemu/migration.js'
import { findAnswering, findQemu, type QemuProcess } from '../qemu/process.js'
import { QmpFailure, QmpSession } from '../qemu/qmp.js'
import { waitForRest } from '../qemu/rest.js'
import { connectIn } from '../qemu/socket-in.js'
import { type Attached, runTool } from '../run.js'
import { firstLine } from './answer.js'
import { bakeSeed, RESTING } from './bake-seed.js'
import { layerFiles, warmCacheFiles } from './layer-files.js'
import { keyOf, readLayerFacts } from './layer-key.js'
import { adoptLayer, discardLayer, findLayer, keepWithin, partNames, sizeOf } from './layer.js'

const ID = 'distrolab-warm'
/** All warm images together; each of Debian's takes a third of a gigabyte. */
const LIMIT_BYTES = 8 * 1024 ** 3
const GUARD_TIMEOUT_MS = 3_600_000
const ANSWER_WAIT_MS = 15_000
/** A vendor's image that boots without KVM while other things run. */
const BOOT_MS = 20 * 60_000
const REST_MS = 60_000

/**
 * Boots a machine that belongs to no lab, has it forget everything that is only its own, and keeps its disk, memory and
 * devices. Whatever ends this process ends the machine too, and what it has left is cleared by the next call. Throws
 * warm-failed, or the reason why the image cannot be had or QEMU does not start.
 */
export async function bakeLayer(request: WarmRequest, context: Context): Promise<ResultOf['warm']> {
  const image = await obtain(request, context)
  const key = keyOf(await readLayerFacts(request, image, context.environment.qemu))
  const known = await stored(request.cache, key)
  if (known !== undefined) return { warm: known, isNew: false }
  const { warm, guard } = warmCacheFiles(request.cache)
  await makeFolder(warm)
  const onWait = (pid: number): void => context.report('wait', `process ${pid} is making a warm image`)
  try {
    const options = { timeoutMs: GUARD_TIMEOUT_MS, onWait, signal: context.signal }
    return await withGuard(guard, options, async () => {
      const meanwhile = await stored(request.cache, key)
      if (meanwhile !== undefined) return { warm: meanwhile, isNew: false }
      await discardLayer(request.cache, key)
      await bake(request, image, key, context)
      const made = await stored(request.cache, key)
      if (made === undefined) throw failed('it has vanished')
      return { warm: made, isNew: true }
    })
  } catch (error) {
    if (error instanceof QmpFailure) throw failed(error.message, error)
    if (!(error instanceof BackendError) || error.fault.code !== 'guard-timeout') throw error
    throw failed(`process ${error.fault.pid} has been making another one for an hour`, error)
  }
}

const failed = (reason: string, cause?: Error): DriverError =>
  new DriverError({ code: 'warm-failed', reason }, { cause })

async function obtain({ cache, image, imageId }: WarmRequest, context: Context): Promise<ImageResult> {
  const request = { cache, image, ...(imageId === null ? {} : { pinned: imageId }) }
  const found = await findCached(request)
  if (found !== undefined) return found
  const { ensureImage } = await import('../image/resolve.js')
  return ensureImage(request, context)
}

async function stored(cache: string, key: string): Promise<{ key: string; bytes: number } | undefined> {
  const layer = await findLayer(cache, key)
  if (layer === undefined || layer === 'changed') return undefined
  return { key, bytes: (await sizeOf(layer.files.directory)).bytes }
}

async function bake(request: WarmRequest, image: ImageResult, key: string, context: Context): Promise<void> {
  const { work } = warmCacheFiles(request.cache)
  const files = machineFiles(ID, work)
  await clear(files)
  let machine: Attached | undefined
  try {
    await makeFolder(work)
    const seed = bakeSeed(request.seed)
    await makeDiskFiles({ ...request, seed }, image, files, context)
    context.report('warm', 'booting a machine for the warm image')
    const plan = await planOf(request, image, files)
    const binary = context.environment.qemu ?? qemuBinary(request.image.architecture)
    machine = await launchAttached(binary, plan, request.isPatient)
    const port = await untilResting(files, machine, context)
    context.report('warm', 'saving its memory and disk')
    await save(files, machine).finally(() => port.destroy())
    await keepParts(files)
    const { vcpus, memoryMiB, diskGiB, hasNetwork } = request
    const facts = { distro: request.image.distro, imageId: image.id, firmware: image.firmware }
    await adoptLayer(request.cache, key, work, { ...facts, vcpus, memoryMiB, diskGiB, hasNetwork })
    await keepWithin(request.cache, LIMIT_BYTES, key)
    await readThrough(layerFiles(warmCacheFiles(request.cache).layerOf(key)).memory, context)
  } catch (error) {
    throw writeFailure(error, work)
  } finally {
    await machine?.end()
    await clear(files)
  }
}

async function planOf(request: WarmRequest, image: ImageResult, files: MachineFiles): Promise<QemuPlan> {
  const { vcpus, memoryMiB, hasNetwork } = request
  const { distro, architecture } = request.image
  const { macAddress, privateMacAddress } = request.names
  const network: Pick<MachineSpec, 'network'> = hasNetwork
    ? { network: { macAddress: privateMacAddress } }
    : {}
  return {
    // Port 0: any free one. No one can log in.
    spec: { id: ID, vcpus, memoryMiB, sshPort: 0, macAddress, ...network },
    architecture,
    distro,
    files,
    accelerator: chooseAccelerator(readHostFacts(), architecture),
    boot: await bootOf(image.firmware, architecture),
    begin: 'running',
    memory: { file: layerFiles(files.directory).memory, access: 'shared' },
    identity: 'listening',
    isAttached: true,
  }
}

/**
 * Returns the connection to the guest's port, which must last: a guest that reads from a port without a host is told that
 * there is nothing more.
 */
async function untilResting(files: MachineFiles, machine: Attached, context: Context): Promise<Socket> {
  const { identity } = await answering(files, machine)
  const socket = await connectIn(files.directory, IDENTITY_NAME, 0)
  const said = await firstLine(socket, BOOT_MS, context.signal)
  if (said !== RESTING) throw failed(said ?? 'the machine did not finish its first boot')
  await waitForRest(identity.pid, REST_MS, context.signal)
  return socket
}

/** It appears a moment after it was started, and answers a moment later. */
async function answering(files: MachineFiles, machine: Attached): Promise<QemuProcess> {
  const deadline = performance.now() + ANSWER_WAIT_MS
  let end: string | undefined
  void machine.ended.then((stderr) => (end = stderr))
  for (;;) {
    const found = await findAnswering(ID, files, ANSWER_WAIT_MS)
    if (found !== undefined) return found
    if (end !== undefined) throw failed(`QEMU has ended: ${end.trim()}`)
    if (performance.now() > deadline) throw failed('QEMU does not answer')
    await sleep(100)
  }
}

async function save(files: MachineFiles, machine: Attached): Promise<void> {
  const isSaved = await QmpSession.with(files.directory, async (session) => {
    await saveDevices(session, layerFiles(files.directory).devices)
    await session.execute('quit').catch(() => undefined)
    return true
  })
  if (isSaved !== true) throw failed('QEMU does not answer')
  await machine.ended
}

/** What a loss of power leaves of them is complete, too. */
async function keepParts(files: MachineFiles): Promise<void> {
  await rename(files.overlay, layerFiles(files.directory).disk)
  for (const name of await readdir(files.directory)) {
    const path = join(files.directory, name)
    if (!partNames.has(basename(name))) await rm(path, { recursive: true })
    else await synced(path)
  }
}

/**
 * The baseline of the first clone reads all of its memory. Parts that the guest never used are holes of the file, and cost time
 * when they first come into the page cache.
 */
const readThrough = (file: string, { signal }: Context): Promise<unknown> =>
  runTool('dd', [`if=${file}`, 'of=/dev/null', 'bs=1M'], { signal })

async function synced(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

async function clear(files: MachineFiles): Promise<void> {
  await killProcesses(await findQemu(ID, files))
  await rm(files.directory, { recursive: true, force: true })
}
