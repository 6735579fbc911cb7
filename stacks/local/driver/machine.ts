import { lstat, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { BackendError } from '../../../backend/errors.js'
import { withGuard } from '../../../backend/guard.js'
import type { Context } from './context.js'
import { clearRuntimeFiles, makeDisk, type MachineMeta, readMeta } from './disk.js'
import { DriverError, writeFailure } from './errors.js'
import { machineFiles, type MachineFiles } from './files.js'
import { makeFolder } from './folder.js'
import type {
  ImageResult,
  MachineKey,
  MachineResult,
  MachineSpec,
  ResultOf,
  StatusResult,
} from './protocol.js'
import { chooseAccelerator, readHostFacts } from './qemu/accelerator.js'
import { type Boot, qemuArgs, qemuBinary } from './qemu/arguments.js'
import { findFirmware } from './qemu/firmware.js'
import { requireFreePort } from './qemu/port.js'
import { findAnswering, findQemu, launchQemu, type QemuProcess, stopQemu } from './qemu/process.js'
import { removeMachine } from './remove.js'

const GUARD_TIMEOUT_MS = 4 * 3_600_000
const ADOPT_WAIT_MS = 15_000
/** Enough for a Debian guest without KVM to unmount its disks. */
const POWERDOWN_GRACE_MS = 20_000

/** The machine exists and runs afterwards; a running one is adopted, a half-made one made anew. */
export async function createMachine(spec: MachineSpec, context: Context): Promise<ResultOf['create']> {
  const files = machineFiles(spec.id, spec.directory)
  return guarded(spec, files, context, async () => {
    if ((await presenceOf(files)) === 'whole') return startGuarded(spec, files, context)
    try {
      await removeMachine(spec.id, files)
      const image = await obtainImage(spec, context)
      await makeDisk(spec, image, files, context)
      return { ...(await startGuarded(spec, files, context)), image }
    } catch (error) {
      // OpenTofu runs no destroy provisioner for a resource whose creation failed: nothing may stay.
      await removeMachine(spec.id, files)
      throw error
    }
  })
}

/** Loaded when needed: an HTTP client is most of what this program would otherwise start with. */
async function obtainImage(spec: MachineSpec, context: Context): Promise<ImageResult> {
  const { cache, image, imageId } = spec
  const { ensureImage } = await import('./image/resolve.js')
  return ensureImage({ cache, image, ...(imageId === null ? {} : { pinned: imageId }) }, context)
}

/** Starts a machine that was created before. Throws machine-absent when its disk is not there. */
export async function startMachine(spec: MachineSpec, context: Context): Promise<ResultOf['start']> {
  const files = machineFiles(spec.id, spec.directory)
  return guarded(spec, files, context, () => startGuarded(spec, files, context))
}

async function startGuarded(
  spec: MachineSpec,
  files: MachineFiles,
  context: Context,
): Promise<ResultOf['start']> {
  const meta = await readMeta(files)
  if (meta === undefined || (await presenceOf(files)) !== 'whole') {
    throw new DriverError({ code: 'machine-absent', id: spec.id, directory: files.directory })
  }
  const running = await findAnswering(spec.id, files, ADOPT_WAIT_MS)
  if (running !== undefined) {
    context.report('start', `already running as pid ${running.identity.pid}`)
    await rememberProcess(running, files)
    return { machine: toResult(spec, running), reused: true }
  }
  context.signal.throwIfAborted()
  // What runs and does not answer is of no use: it would only hold the disk's lock.
  await stopQemu(spec.id, files, 0)
  await clearRuntimeFiles(files)
  return { machine: toResult(spec, await launch(spec, meta, files, context)), reused: false }
}

async function launch(
  spec: MachineSpec,
  meta: MachineMeta,
  files: MachineFiles,
  context: Context,
): Promise<QemuProcess> {
  const { architecture, distro } = spec.image
  await requireFreePort(spec.sshPort)
  const accelerator = chooseAccelerator(readHostFacts(), architecture)
  const args = qemuArgs({ spec, architecture, distro, files, accelerator, boot: await bootOf(meta, spec) })
  context.report('start', `QEMU with ${accelerator}, SSH on 127.0.0.1:${spec.sshPort}`)
  await launchQemu(context.environment.qemu ?? qemuBinary(architecture), args, files, spec.sshPort)
  const started = await findAnswering(spec.id, files, ADOPT_WAIT_MS)
  if (started === undefined) {
    const reason = 'QEMU started, and is gone or does not answer on its socket'
    throw new DriverError({ code: 'machine-broken', id: spec.id, directory: files.directory, reason })
  }
  await rememberProcess(started, files)
  context.signal.throwIfAborted()
  return started
}

async function bootOf(meta: MachineMeta, spec: MachineSpec): Promise<Boot> {
  if (meta.firmware !== 'uefi') return { firmware: meta.firmware }
  return { firmware: 'uefi', files: await findFirmware(spec.image.architecture) }
}

/** For people and other tools: the driver itself proves ownership from the living process, each time. */
async function rememberProcess(process: QemuProcess, files: MachineFiles): Promise<void> {
  const draft = `${files.process}.draft`
  try {
    await writeFile(draft, `${JSON.stringify(process.identity)}\n`)
    await rename(draft, files.process)
  } catch (error) {
    throw writeFailure(error, files.directory)
  }
}

export async function stopMachine(key: MachineKey, context: Context): Promise<ResultOf['stop']> {
  const files = machineFiles(key.id, key.directory)
  if (await isGone(key, files)) return { machine: { id: key.id, presence: 'absent' } }
  return guarded(key, files, context, async () => {
    context.report('stop', `powering ${key.id} down`)
    await stopQemu(key.id, files, POWERDOWN_GRACE_MS)
    const machine = await statusOf(key)
    if (machine.presence !== 'running') await clearRuntimeFiles(files)
    return { machine }
  })
}

export async function statusOf(key: MachineKey): Promise<StatusResult> {
  const files = machineFiles(key.id, key.directory)
  const [running] = await findQemu(key.id, files)
  const presence = await presenceOf(files)
  if (running === undefined) return { id: key.id, presence: presence === 'whole' ? 'stopped' : presence }
  const { pid, startTime } = running.identity
  return { id: key.id, presence: 'running', pid, startTime, port: running.port }
}

/** Ends and removes everything of the machine; what is gone already is a success. */
export async function destroyMachine(key: MachineKey, context: Context): Promise<ResultOf['destroy']> {
  const files = machineFiles(key.id, key.directory)
  if (await isGone(key, files)) return { removed: await removeMachine(key.id, files), left: [] }
  return guarded(key, files, context, async () => {
    context.report('remove', key.id)
    return { removed: await removeMachine(key.id, files), left: [] }
  })
}

/** Nothing is there, not even the guard (a dangling link, so lstat) of a driver that is at work, or was killed. */
async function isGone(key: MachineKey, files: MachineFiles): Promise<boolean> {
  if ((await presenceOf(files)) !== 'absent' || (await findQemu(key.id, files)).length > 0) return false
  return (await lstat(files.guard).catch(() => undefined)) === undefined
}

async function presenceOf(files: MachineFiles): Promise<'absent' | 'partial' | 'whole'> {
  const names = await readdir(files.directory).catch((): string[] => [])
  if (names.length === 0) return 'absent'
  const overlay = await stat(files.overlay).catch(() => undefined)
  return overlay !== undefined && (await readMeta(files)) !== undefined ? 'whole' : 'partial'
}

/** One driver at a time changes a machine. */
async function guarded<T>(
  key: MachineKey,
  files: MachineFiles,
  context: Context,
  action: () => Promise<T>,
): Promise<T> {
  const onWait = (pid: number): void => context.report('wait', `process ${pid} is changing ${key.id}`)
  await makeFolder(files.machines)
  try {
    return await withGuard(
      files.guard,
      { timeoutMs: GUARD_TIMEOUT_MS, onWait, signal: context.signal },
      action,
    )
  } catch (error) {
    if (error instanceof BackendError && error.fault.code === 'guard-timeout') {
      throw new DriverError({ code: 'machine-busy', id: key.id, pid: error.fault.pid }, { cause: error })
    }
    throw writeFailure(error, files.machines)
  }
}

function toResult(spec: MachineSpec, { identity, accelerator, port }: QemuProcess): MachineResult {
  const { pid, startTime } = identity
  return { id: spec.id, pid, startTime, port: port ?? spec.sshPort, accelerator, directory: spec.directory }
}
