import { armAnew, armIfMissing } from './arming.js'
import { markConsole } from './console.js'
import type { Context } from './context.js'
import { clearRuntimeFiles, type MachineMeta, readMeta } from './disk.js'
import { DriverError } from '../errors.js'
import { readExpiry, refuseExpired, writeExpiry } from './expiry.js'
import { machineFiles, type MachineFiles } from '../files.js'
import { putFile } from './folder.js'
import { guarded } from './guarded.js'
import { presenceOf } from './presence.js'
import type { MachineResult, MachineSpec, ResultOf } from '../protocol.js'
import { networkFiles } from '../network/network-files.js'
import { ensureSwitch } from '../network/switch-process.js'
import { chooseAccelerator, readHostFacts } from '../qemu/accelerator.js'
import { type Begin, bootOf, qemuBinary, type QemuPlan } from '../qemu/arguments.js'
import { requireFreePort } from '../qemu/port.js'
import { launchQemu } from '../qemu/launch.js'
import { findAnswering, findQemu, type QemuProcess, stopQemu } from '../qemu/process.js'
import { wakeGuarded } from './wake.js'

const ADOPT_WAIT_MS = 15_000

/** Starts an existing machine. Throws machine-absent if its disk does not exist, or machine-expired. */
export async function startMachine(spec: MachineSpec, context: Context): Promise<ResultOf['start']> {
  const files = machineFiles(spec.id, spec.directory)
  return guarded(spec, files, context, () => startGuarded(spec, files, context))
}

/** Adopts a running QEMU that answers, or starts one. Arms its watchdog first. */
export async function startGuarded(
  spec: MachineSpec,
  files: MachineFiles,
  context: Context,
): Promise<ResultOf['start']> {
  const meta = await requireStartable(spec, files)
  const running = await findAnswering(spec.id, files, ADOPT_WAIT_MS)
  // A killed driver may have left it paused.
  if (running !== undefined && (await wakeGuarded(spec.id, files, context)) === 'on') {
    context.report('start', `already running as pid ${running.identity.pid}`)
    await armIfMissing(spec.id, files)
    await plugIn(spec, files)
    await rememberProcess(running, files)
    return { machine: toResult(spec, running), reused: true }
  }
  context.signal.throwIfAborted()
  // A running QEMU that does not answer is useless: it would only hold the disk's lock.
  await stopQemu(spec.id, files, 0)
  const process = await launch(spec, meta, files, { begin: 'running', arm: armAnew }, context)
  return { machine: toResult(spec, process), reused: false }
}

/** Writes the given expiry to its disk. Throws machine-absent or machine-expired. */
export async function requireStartable(spec: MachineSpec, files: MachineFiles): Promise<MachineMeta> {
  if ((await presenceOf(files)) !== 'whole') throw machineAbsent(spec.id, files)
  if (spec.expiresAt !== undefined) await writeExpiry(files, spec.expiresAt)
  await refuseExpiredMachine(spec.id, files)
  return requireMeta(spec.id, files)
}

/** Throws machine-absent. */
export async function requireMeta(id: string, files: MachineFiles): Promise<MachineMeta> {
  const meta = await readMeta(files)
  if (meta === undefined) throw machineAbsent(id, files)
  return meta
}

const machineAbsent = (id: string, { directory }: MachineFiles): DriverError =>
  new DriverError({ code: 'machine-absent', id, directory })

/** A machine that runs although it has expired lost its watchdog: the new one powers it off immediately. */
async function refuseExpiredMachine(id: string, files: MachineFiles): Promise<void> {
  try {
    refuseExpired(id, await readExpiry(files))
  } catch (error) {
    if ((await findQemu(id, files)).length > 0) await armIfMissing(id, files)
    throw error
  }
}

interface Launching {
  readonly begin: Begin
  readonly arm: typeof armAnew
  readonly memory?: QemuPlan['memory']
}

const IDENTITY = { running: 'unused', paused: 'unused', incoming: 'listening' } as const

/** Starts a QEMU when none is left; `arm` handles its watchdog. Throws the reason why QEMU does not start. */
export async function launch(
  spec: MachineSpec,
  meta: MachineMeta,
  files: MachineFiles,
  { begin, arm, memory }: Launching,
  context: Context,
): Promise<QemuProcess> {
  const { architecture, distro } = spec.image
  await clearRuntimeFiles(files)
  await requireFreePort(spec.sshPort)
  const accelerator = chooseAccelerator(readHostFacts(), architecture)
  const boot = await bootOf(meta.firmware, architecture)
  const plan = {
    spec: withOwnCard(spec, meta),
    architecture,
    distro,
    files,
    accelerator,
    boot,
    begin,
    identity: meta.hasIdentityPort === true ? IDENTITY[begin] : undefined,
    ...(memory === undefined ? {} : { memory }),
  }
  context.report('start', `QEMU with ${accelerator}, SSH on 127.0.0.1:${spec.sshPort}`)
  await markConsole(files, 'QEMU starts')
  await arm(spec.id, files)
  await launchQemu(context.environment.qemu ?? qemuBinary(architecture), plan)
  const started = await findAnswering(spec.id, files, ADOPT_WAIT_MS)
  if (started === undefined) {
    const reason = 'QEMU started, but it has ended or does not answer on its socket'
    throw new DriverError({ code: 'machine-broken', id: spec.id, directory: files.directory, reason })
  }
  await plugIn(spec, files)
  await rememberProcess(started, files)
  context.signal.throwIfAborted()
  return started
}

/** After QEMU has started: a switch without a machine ends. */
async function plugIn({ network }: MachineSpec, files: MachineFiles): Promise<void> {
  if (network !== undefined) await ensureSwitch(networkFiles(files.directory))
}

/** A clone's guest knows its first card by the address that it had in the warm image. */
function withOwnCard(spec: MachineSpec, { warm }: MachineMeta): MachineSpec {
  return warm !== undefined && 'macAddress' in warm ? { ...spec, macAddress: warm.macAddress } : spec
}

/** For people and other tools: the driver itself proves ownership from the living process, each time. */
const rememberProcess = (process: QemuProcess, files: MachineFiles): Promise<void> =>
  putFile(files.process, `${JSON.stringify(process.identity)}\n`)

export function toResult(spec: MachineSpec, { identity, accelerator, port }: QemuProcess): MachineResult {
  const { pid, startTime } = identity
  return { id: spec.id, pid, startTime, port: port ?? spec.sshPort, accelerator, directory: spec.directory }
}
