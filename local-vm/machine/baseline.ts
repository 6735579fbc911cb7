import { armAnew, armIfMissing } from './arming.js'
import { markConsole } from './console.js'
import type { Context } from './context.js'
import { DriverError } from '../errors.js'
import { machineFiles, type MachineFiles } from '../files.js'
import { guarded } from './guarded.js'
import { killProcesses } from './process-table.js'
import type { BaselineRequest, MachineSpec, ResultOf } from '../protocol.js'
import { diskNodes } from '../qemu/arguments.js'
import { findAnswering, findQemu, type QemuProcess, stopQemu } from '../qemu/process.js'
import { QmpFailure, QmpSession } from '../qemu/qmp.js'
import {
  deleteSnapshot,
  loadSnapshot,
  type Nodes,
  resumeGuest,
  saveSnapshot,
  snapshotPresence,
} from '../qemu/snapshot.js'
import { resetTogether, type ResetTogether } from './together.js'
import { launch, requireMeta, requireStartable, toResult } from './start.js'
import { statusOf } from './status.js'

/**
 * The baseline: one snapshot with memory in the machine's own disks, taken once and never moved. It needs the
 * same QEMU and accelerator that it was taken with (a memory image fits no other); otherwise a reset ends in
 * `baseline-broken`.
 */

const TAG = 'baseline'
const ANSWER_WAIT_MS = 15_000

/**
 * The guest stands still meanwhile, so its clock is behind by that time afterwards. Whatever it is doing at
 * this moment, it would do again after every reset, so it first gets `restWithinMs` to finish. Throws
 * machine-absent, machine-stopped, disk-full or baseline-failed; the guest then continues as before.
 */
export async function takeBaseline(
  { restWithinMs = 0, ...key }: BaselineRequest,
  context: Context,
): Promise<ResultOf['baseline']> {
  const files = machineFiles(key.id, key.directory)
  return guarded(key, files, context, async () => {
    const { firmware } = await requireMeta(key.id, files)
    const running = await findAnswering(key.id, files, ANSWER_WAIT_MS)
    if (running === undefined) throw new DriverError({ code: 'machine-stopped', id: key.id })
    await armIfMissing(key.id, files)
    const nodes = diskNodes(firmware)
    try {
      const presence = await talk(key.id, files, (session) => snapshotPresence(session, TAG, nodes))
      if (presence === 'whole') return { machine: await statusOf(key), taken: false }
      if (restWithinMs > 0) await letRest(running, restWithinMs, context)
      await talk(key.id, files, async (session) => {
        if (presence === 'partial') await deleteSnapshot(session, TAG, nodes)
        context.report('baseline', `saving memory and disk of ${key.id}`)
        await saveSnapshot(session, TAG, nodes).finally(() => resumeGuest(session))
      })
    } catch (error) {
      throw failureOf(error, key.id, files)
    }
    return { machine: await statusOf(key), taken: true }
  })
}

async function letRest({ identity }: QemuProcess, withinMs: number, context: Context): Promise<void> {
  context.report('baseline', 'waiting until the guest is idle')
  const { waitForRest } = await import('../qemu/rest.js')
  await waitForRest(identity.pid, withinMs, context.signal)
}

/**
 * Goes back to the baseline, whatever the guest is doing, and always in a newly started QEMU. In a QEMU that
 * has run, an emulated processor's counter (TSC) does not go back with the rest (cpu_ticks_prev in QEMU's
 * softmmu/cpu-timers.c): the guest would see the whole age of the lab pass in one moment, its timers would
 * fire, and its kernel would report stalls. If loading fails, the QEMU is ended, because half of a baseline
 * is worse than none. `together`: with other machines of its lab, so that none runs before all have loaded. Throws machine-absent, machine-expired, baseline-absent (nothing has changed then),
 * baseline-broken, or the reason why QEMU does not start.
 */
export async function resetMachine(
  spec: MachineSpec,
  context: Context,
  together: ResetTogether = resetTogether(1),
): Promise<ResultOf['reset']> {
  const { id } = spec
  const files = machineFiles(id, spec.directory)
  return guarded(spec, files, context, async () => {
    const meta = await requireStartable(spec, files)
    const nodes = diskNodes(meta.firmware)
    const running = await findQemu(id, files)
    if (running.length > 0) await refuseWithoutBaseline(id, files, nodes)
    await together.asked.arrive()
    context.signal.throwIfAborted()
    context.report('reset', `loading the baseline of ${id}`)
    // Discards everything that it still has to write.
    await killProcesses(running)
    await together.stopped.arrive()
    // The watchdog of a running machine is not about to end.
    const arm = running.length > 0 ? armIfMissing : armAnew
    const process = await launch(spec, meta, files, { begin: 'paused', arm }, context)
    try {
      await load(id, files, nodes, together)
    } catch (error) {
      await stopQemu(id, files, 0)
      throw error
    }
    return { machine: toResult(spec, process) }
  })
}

/** A QEMU that does not answer is replaced without asking it. */
async function refuseWithoutBaseline(id: string, files: MachineFiles, nodes: Nodes): Promise<void> {
  try {
    await QmpSession.with(files.directory, (session) => requireBaseline(id, nodes, session))
  } catch (error) {
    if (!(error instanceof QmpFailure)) throw error
  }
}

async function requireBaseline(id: string, nodes: Nodes, session: QmpSession): Promise<void> {
  if ((await snapshotPresence(session, TAG, nodes)) === 'whole') return
  throw new DriverError({ code: 'baseline-absent', id })
}

async function load(id: string, files: MachineFiles, nodes: Nodes, { loaded }: ResetTogether): Promise<void> {
  await talk(id, files, async (session) => {
    await requireBaseline(id, nodes, session)
    await markConsole(files, 'back to the baseline')
    await loadSnapshot(session, TAG, nodes)
    await loaded.arrive()
    await resumeGuest(session)
  }).catch((error: unknown) => {
    if (!(error instanceof QmpFailure)) throw error
    throw new DriverError({ code: 'baseline-broken', id, reason: error.reason }, { cause: error })
  })
}

/** Throws machine-broken if QEMU does not answer. */
async function talk<T>(
  id: string,
  files: MachineFiles,
  action: (session: QmpSession) => Promise<T>,
): Promise<T> {
  const answer = await QmpSession.with(files.directory, async (session) => ({ value: await action(session) }))
  if (answer !== undefined) return answer.value
  const reason = 'QEMU does not answer on its socket'
  throw new DriverError({ code: 'machine-broken', id, directory: files.directory, reason })
}

function failureOf(error: unknown, id: string, files: MachineFiles): unknown {
  if (!(error instanceof QmpFailure)) return error
  if (/No space left on device/.test(error.reason)) {
    return new DriverError({ code: 'disk-full', place: files.directory }, { cause: error })
  }
  return new DriverError({ code: 'baseline-failed', id, reason: error.reason }, { cause: error })
}
