import { stayingVariables } from '../env.js'
import { DriverError } from '../errors.js'
import { type Attached, runTool, startAttached, ToolFailure } from '../run.js'
import { type Aio, qemuArgs, type QemuPlan } from './arguments.js'

/** The version that brought `-netdev stream`. */
const STREAM_SINCE = '7.2'

/**
 * Starts QEMU detached; returns when it has daemonised, which is when its sockets are bound. Throws
 * qemu-missing, port-taken or qemu-failed.
 */
export async function launchQemu(binary: string, plan: QemuPlan): Promise<void> {
  try {
    await withIoUring(binary, plan)
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
    if (error.kind === 'spawn-failed')
      throw new DriverError({ code: 'qemu-missing', binary }, { cause: error })
    const { stderr } = error.output
    if (/Could not set up host forwarding rule/.test(stderr)) {
      throw new DriverError({ code: 'port-taken', port: plan.spec.sshPort }, { cause: error })
    }
    if (plan.spec.network !== undefined && /\bstream\b|netdev backend type/.test(stderr)) {
      const tail = stderr.slice(-1000)
      throw new DriverError(
        { code: 'qemu-too-old', binary, since: STREAM_SINCE, stderr: tail },
        { cause: error },
      )
    }
    throw new DriverError({ code: 'qemu-failed', stderr: stderr.slice(-4000) }, { cause: error })
  }
}

/**
 * Uses io_uring if possible: a container's seccomp profile may forbid it, or QEMU may be built without it.
 * QEMU also names its argument in other errors of the disk; the second try reports those again.
 */
async function withIoUring(binary: string, plan: QemuPlan): Promise<void> {
  try {
    await start(binary, plan, 'io_uring')
  } catch (error) {
    if (!(error instanceof ToolFailure) || !/io_uring/.test(error.output.stderr)) throw error
    await start(binary, plan, 'threads')
  }
}

async function start(binary: string, plan: QemuPlan, aio: Aio): Promise<void> {
  await runTool(binary, qemuArgs(plan, aio), { cwd: plan.files.directory, environment: stayingVariables() })
}

/** Starts a QEMU that ends with us. If it cannot start, its end says why. */
export const launchAttached = (binary: string, plan: QemuPlan, isPatient: boolean): Promise<Attached> =>
  startAttached(binary, qemuArgs(plan, 'threads'), plan.files.directory, isPatient)
