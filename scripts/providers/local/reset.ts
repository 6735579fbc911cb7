import { resetMachine } from '../../../local-vm/machine/baseline.js'
import { type MeetingPoint, resetTogether } from '../../../local-vm/machine/together.js'
import { readEnvironment } from '../../../local-vm/env.js'
import type { MachineSpec } from '../../../local-vm/protocol.js'
import { inProcess } from './in-process.js'
import type { StepControl } from '../provider.js'

/**
 * Like the driver, but in this process, and all machines to one moment: none runs before all have loaded. If one cannot, none
 * of them runs. If this process is killed, the next reset does the rest. Throws the first failure, once all have ended.
 */
export async function resetMachines(specs: readonly MachineSpec[], step: StepControl): Promise<void> {
  const together = resetTogether(specs.length)
  let first: { readonly reason: unknown } | undefined
  // All at once: those of a bounded few would wait for the others.
  await Promise.all(
    specs.map(async (spec) => {
      try {
        await inProcess(step, (control) =>
          resetMachine(spec, { ...control, environment: readEnvironment() }, together),
        )
      } catch (error) {
        first ??= { reason: error }
        Object.values(together).forEach((point: MeetingPoint) => point.cancel(error))
      }
    }),
  )
  if (first !== undefined) throw first.reason
}
