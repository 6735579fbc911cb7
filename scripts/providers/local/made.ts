import { fits } from '../../../backend/forms.js'
import type { Machine } from '../../../backend/record-schema.js'
import { machineFiles } from '../../../local-vm/files.js'
import { readMeta } from '../../../local-vm/machine/disk.js'
import type { Made } from '../provider.js'
import { looking } from './in-process.js'
import { keyOf } from './machine.js'

/** As the driver noted it in the machine's own folder. */
export async function madeMachine(machine: Machine): Promise<Made> {
  const { id, directory } = keyOf(machine)
  const { warm } = (await looking(readMeta(machineFiles(id, directory)))) ?? {}
  if (warm === undefined) return {}
  if ('refused' in warm) return { remark: `its warm image did not work and was discarded: ${warm.refused}` }
  const isKey = typeof warm.hostKey === 'string' && fits('hostKey', warm.hostKey)
  return isKey ? { hostKey: warm.hostKey } : {}
}
