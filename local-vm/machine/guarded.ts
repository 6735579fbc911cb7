import { BackendError } from '../../backend/errors.js'
import { withGuard } from '../../backend/guard.js'
import type { Control } from './context.js'
import { DriverError, writeFailure } from '../errors.js'
import type { MachineFiles } from '../files.js'
import { makeFolder } from './folder.js'
import { assertOwnFolder } from './own-folder.js'
import type { MachineKey } from '../protocol.js'

const GUARD_TIMEOUT_MS = 4 * 3_600_000

/** Only one driver at a time changes a machine. Throws machine-busy or machine-folder-foreign. */
export async function guarded<T>(
  key: MachineKey,
  files: MachineFiles,
  control: Control,
  action: () => Promise<T>,
): Promise<T> {
  const onWait = (pid: number): void => control.report('wait', `process ${pid} is changing ${key.id}`)
  await assertOwnFolder(key.id, files)
  await makeFolder(files.machines)
  try {
    return await withGuard(
      files.guard,
      { timeoutMs: GUARD_TIMEOUT_MS, onWait, signal: control.signal },
      action,
    )
  } catch (error) {
    if (error instanceof BackendError && error.fault.code === 'guard-timeout') {
      throw new DriverError({ code: 'machine-busy', id: key.id, pid: error.fault.pid }, { cause: error })
    }
    throw writeFailure(error, files.machines)
  }
}
