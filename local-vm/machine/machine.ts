import { armIfMissing, disarm } from './arming.js'
import { findPanic } from './console.js'
import type { Context } from './context.js'
import { clearRuntimeFiles, makeDisk } from './disk.js'
import { DriverError } from '../errors.js'
import { refuseExpired, writeExpiry } from './expiry.js'
import { machineFiles } from '../files.js'
import { guarded } from './guarded.js'
import { findCached } from '../image/cache.js'
import { isGone, presenceOf } from './presence.js'
import type { ExpiryRequest, ImageResult, MachineKey, MachineSpec, ResultOf } from '../protocol.js'
import { findQemu, POWERDOWN_GRACE_MS, stopQemu } from '../qemu/process.js'
import { removeMachine } from './remove.js'
import { startGuarded } from './start.js'
import { statusOf } from './status.js'

/** Afterwards the machine exists and runs. A running one is adopted, a half-made one is recreated. */
export async function createMachine(spec: MachineSpec, context: Context): Promise<ResultOf['create']> {
  const files = machineFiles(spec.id, spec.directory)
  return guarded(spec, files, context, async () => {
    if ((await presenceOf(files)) === 'whole') return startGuarded(spec, files, context)
    refuseExpired(spec.id, spec.expiresAt)
    try {
      await removeMachine(spec.id, files)
      const image = await obtainImage(spec, context)
      const { cloneIfWarm } = await import('../warm/clone.js')
      const cloned = await cloneIfWarm(spec, image, files, context)
      if ('created' in cloned) return cloned.created
      await makeDisk(spec, image, files, context, cloned.origin)
      return { ...(await startGuarded(spec, files, context)), image }
    } catch (error) {
      // OpenTofu runs no destroy provisioner for a resource whose creation failed, so nothing may stay.
      await removeMachine(spec.id, files)
      throw error
    }
  })
}

/** A cached image needs no HTTP client, which would be most of this program's start-up time. */
async function obtainImage(spec: MachineSpec, context: Context): Promise<ImageResult> {
  const { cache, image, imageId } = spec
  const request = { cache, image, ...(imageId === null ? {} : { pinned: imageId }) }
  const found = await findCached(request)
  if (found !== undefined) return found
  const { ensureImage } = await import('../image/resolve.js')
  return ensureImage(request, context)
}

export async function stopMachine(key: MachineKey, context: Context): Promise<ResultOf['stop']> {
  const files = machineFiles(key.id, key.directory)
  if (await isGone(key, files)) return { machine: { id: key.id, presence: 'absent' } }
  return guarded(key, files, context, async () => {
    context.report('stop', `powering ${key.id} down`)
    // A halted kernel does not react to the power button.
    const isDead = (await findPanic(files)) !== undefined
    await stopQemu(key.id, files, isDead ? 0 : POWERDOWN_GRACE_MS)
    await disarm(key.id, files)
    const machine = await statusOf(key)
    if (machine.presence !== 'running') await clearRuntimeFiles(files)
    return { machine }
  })
}

/**
 * Sets the machine's expiry, which stays through stops and starts. An expired machine can then be started
 * again.
 */
export async function extendMachine(request: ExpiryRequest, context: Context): Promise<ResultOf['extend']> {
  const { id, directory, expiresAt } = request
  const files = machineFiles(id, directory)
  return guarded(request, files, context, async () => {
    if ((await presenceOf(files)) !== 'whole')
      throw new DriverError({ code: 'machine-absent', id, directory })
    await writeExpiry(files, expiresAt)
    if ((await findQemu(id, files)).length > 0) await armIfMissing(id, files)
    return { machine: await statusOf(request) }
  })
}
