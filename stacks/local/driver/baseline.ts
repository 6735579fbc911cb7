import { armIfMissing } from './arming.js'
import { markConsole } from './console.js'
import type { Context, Control } from './context.js'
import { DriverError } from './errors.js'
import { machineFiles, type MachineFiles } from './files.js'
import { guarded } from './guarded.js'
import type { MachineKey, MachineSpec, ResultOf } from './protocol.js'
import { diskNodes } from './qemu/arguments.js'
import { findAnswering, stopQemu } from './qemu/process.js'
import { QmpFailure, QmpSession } from './qemu/qmp.js'
import { deleteSnapshot, loadSnapshot, resumeGuest, saveSnapshot, snapshotPresence } from './qemu/snapshot.js'
import { adoptQemu, bringQemuUp, requireMeta, toResult } from './start.js'
import { statusOf } from './status.js'

/**
 * The baseline: one snapshot with memory in the machine's own disks, taken once and never moved. It needs the very
 * QEMU and accelerator it was taken with (a memory image fits no other), else a reset ends in `baseline-broken`.
 */

const TAG = 'baseline'
const ANSWER_WAIT_MS = 15_000

/**
 * The guest stands still for the time this takes, so its clock is behind by as much afterwards.
 * Throws machine-absent, machine-stopped, disk-full or baseline-failed; the guest then goes on as it was.
 */
export async function takeBaseline(key: MachineKey, context: Context): Promise<ResultOf['baseline']> {
  const files = machineFiles(key.id, key.directory)
  return guarded(key, files, context, async () => {
    const { firmware } = await requireMeta(key.id, files)
    if ((await findAnswering(key.id, files, ANSWER_WAIT_MS)) === undefined) {
      throw new DriverError({ code: 'machine-stopped', id: key.id })
    }
    await armIfMissing(key.id, files)
    const nodes = diskNodes(firmware)
    const taken = await talk(key.id, files, async (session) => {
      const presence = await snapshotPresence(session, TAG, nodes)
      if (presence === 'whole') return false
      if (presence === 'partial') await deleteSnapshot(session, TAG, nodes)
      context.report('baseline', `saving memory and disk of ${key.id}`)
      await saveSnapshot(session, TAG, nodes).finally(() => resumeGuest(session))
      return true
    }).catch((error: unknown) => {
      throw failureOf(error, key.id, files)
    })
    return { machine: await statusOf(key), taken }
  })
}

/**
 * Back to the baseline, whatever the guest does now; a machine that is off or does not answer is started with it.
 * What failed to load is ended, for half of a baseline is worse than none.
 * Throws machine-absent, machine-expired, baseline-absent (nothing has changed then) or baseline-broken.
 */
export async function resetMachine(spec: MachineSpec, context: Context): Promise<ResultOf['reset']> {
  const files = machineFiles(spec.id, spec.directory)
  return guarded(spec, files, context, async () => {
    const { process, reused } = await bringQemuUp(spec, files, 'paused', context)
    await goBack(spec.id, files, reused, context)
    return { machine: toResult(spec, process), reused }
  })
}

/**
 * `resetMachine` of a machine that runs and answers at once, for a program that starts no QEMU. Where it does not, returns
 * false and has done nothing to it; throws as `resetMachine` does.
 */
export async function resetRunning(spec: MachineSpec, control: Control): Promise<boolean> {
  const files = machineFiles(spec.id, spec.directory)
  return guarded(spec, files, control, async () => {
    if ((await adoptQemu(spec, files, 0, control)) === undefined) return false
    await goBack(spec.id, files, true, control)
    return true
  })
}

async function goBack(id: string, files: MachineFiles, reused: boolean, { report }: Control): Promise<void> {
  try {
    report('reset', `loading the baseline of ${id}`)
    await load(id, files)
  } catch (error) {
    const isUntouched = error instanceof DriverError && error.fault.code === 'baseline-absent'
    if (!reused || !isUntouched) await stopQemu(id, files, 0)
    throw error
  }
}

async function load(id: string, files: MachineFiles): Promise<void> {
  const { firmware } = await requireMeta(id, files)
  const nodes = diskNodes(firmware)
  await talk(id, files, async (session) => {
    if ((await snapshotPresence(session, TAG, nodes)) !== 'whole') {
      throw new DriverError({ code: 'baseline-absent', id })
    }
    await markConsole(files, 'back to the baseline')
    await loadSnapshot(session, TAG, nodes)
    await resumeGuest(session)
  }).catch((error: unknown) => {
    if (!(error instanceof QmpFailure)) throw error
    throw new DriverError({ code: 'baseline-broken', id, reason: error.reason }, { cause: error })
  })
}

/** Throws machine-broken when nobody answers. */
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
