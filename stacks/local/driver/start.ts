import { rename, writeFile } from 'node:fs/promises'
import { armAnew, armIfMissing } from './arming.js'
import { markConsole } from './console.js'
import type { Context, Control } from './context.js'
import { clearRuntimeFiles, type MachineMeta, readMeta } from './disk.js'
import { DriverError, writeFailure } from './errors.js'
import { readExpiry, refuseExpired, writeExpiry } from './expiry.js'
import { machineFiles, type MachineFiles } from './files.js'
import { guarded } from './guarded.js'
import { presenceOf } from './presence.js'
import type { MachineResult, MachineSpec, ResultOf } from './protocol.js'
import { chooseAccelerator, readHostFacts } from './qemu/accelerator.js'
import { type Begin, type Boot, qemuArgs, qemuBinary } from './qemu/arguments.js'
import { findFirmware } from './qemu/firmware.js'
import { requireFreePort } from './qemu/port.js'
import { findAnswering, findQemu, launchQemu, type QemuProcess, stopQemu } from './qemu/process.js'
import { QmpSession } from './qemu/qmp.js'
import { resumeGuest } from './qemu/snapshot.js'

const ADOPT_WAIT_MS = 15_000

/** Starts a machine that was created before. Throws machine-absent when its disk is not there, or machine-expired. */
export async function startMachine(spec: MachineSpec, context: Context): Promise<ResultOf['start']> {
  const files = machineFiles(spec.id, spec.directory)
  return guarded(spec, files, context, () => startGuarded(spec, files, context))
}

export async function startGuarded(
  spec: MachineSpec,
  files: MachineFiles,
  context: Context,
): Promise<ResultOf['start']> {
  const { process, reused } = await bringQemuUp(spec, files, 'running', context)
  // A driver that was killed may have left it paused.
  if (reused) await QmpSession.with(files.directory, resumeGuest)
  return { machine: toResult(spec, process), reused }
}

/**
 * Adopts the QEMU that runs and answers, or starts one; `begin` is for one that is started. Its watchdog is armed
 * before it. Throws machine-absent, machine-expired, or why QEMU does not start.
 */
export async function bringQemuUp(
  spec: MachineSpec,
  files: MachineFiles,
  begin: Begin,
  context: Context,
): Promise<{ readonly process: QemuProcess; readonly reused: boolean }> {
  const running = await adoptQemu(spec, files, ADOPT_WAIT_MS, context)
  if (running !== undefined) return { process: running, reused: true }
  const meta = await requireMeta(spec.id, files)
  context.signal.throwIfAborted()
  // What runs and does not answer is of no use: it would only hold the disk's lock.
  await stopQemu(spec.id, files, 0)
  await clearRuntimeFiles(files)
  return { process: await launch(spec, meta, files, begin, context), reused: false }
}

/**
 * The QEMU that runs and answers within `waitMs`, its watchdog armed; undefined where there is none.
 * Throws machine-absent or machine-expired.
 */
export async function adoptQemu(
  spec: MachineSpec,
  files: MachineFiles,
  waitMs: number,
  { report }: Control,
): Promise<QemuProcess | undefined> {
  if ((await presenceOf(files)) !== 'whole') throw machineAbsent(spec.id, files)
  if (spec.expiresAt !== undefined) await writeExpiry(files, spec.expiresAt)
  await refuseExpiredMachine(spec.id, files)
  const running = await findAnswering(spec.id, files, waitMs)
  if (running === undefined) return undefined
  report('start', `already running as pid ${running.identity.pid}`)
  await armIfMissing(spec.id, files)
  await rememberProcess(running, files)
  return running
}

/** Throws machine-absent. */
export async function requireMeta(id: string, files: MachineFiles): Promise<MachineMeta> {
  const meta = await readMeta(files)
  if (meta === undefined) throw machineAbsent(id, files)
  return meta
}

const machineAbsent = (id: string, { directory }: MachineFiles): DriverError =>
  new DriverError({ code: 'machine-absent', id, directory })

/** One that runs in spite of its expiry lost its watchdog: the new one powers it off at once. */
async function refuseExpiredMachine(id: string, files: MachineFiles): Promise<void> {
  try {
    refuseExpired(id, await readExpiry(files))
  } catch (error) {
    if ((await findQemu(id, files)).length > 0) await armIfMissing(id, files)
    throw error
  }
}

async function launch(
  spec: MachineSpec,
  meta: MachineMeta,
  files: MachineFiles,
  begin: Begin,
  context: Context,
): Promise<QemuProcess> {
  const { architecture, distro } = spec.image
  await requireFreePort(spec.sshPort)
  const accelerator = chooseAccelerator(readHostFacts(), architecture)
  const boot = await bootOf(meta, spec)
  const args = qemuArgs({ spec, architecture, distro, files, accelerator, boot, begin })
  context.report('start', `QEMU with ${accelerator}, SSH on 127.0.0.1:${spec.sshPort}`)
  await markConsole(files, 'QEMU starts')
  await armAnew(spec.id, files)
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

export function toResult(spec: MachineSpec, { identity, accelerator, port }: QemuProcess): MachineResult {
  const { pid, startTime } = identity
  return { id: spec.id, pid, startTime, port: port ?? spec.sshPort, accelerator, directory: spec.directory }
}
