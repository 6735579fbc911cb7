import type { StopFault } from '../providers/stop-faults.js'
import { typed } from '../report/typed.js'
import { EXIT, type Explanations } from './explanation.js'

export const stopExplanations: Explanations<StopFault> = {
  'stop-refused': ({ lab, provider, reason }) => ({
    message: `${lab} cannot be stopped on ${provider}: ${reason}. Nothing was changed.`,
    hint: typed`distrolab down ${lab}    # removes it; what is on its disks is lost`,
    exitCode: EXIT.usage,
  }),
  'lab-stopped': ({ lab, machine }) => ({
    message: `${lab}/${machine} is stopped.`,
    hint: typed`distrolab start ${lab}`,
    exitCode: EXIT.failed,
  }),
  'machine-gone': ({ lab, machine }) => ({
    message: `${lab}/${machine} is gone with its disk, so it cannot be started.`,
    hint: typed`distrolab up ${lab}    # recreates it`,
    exitCode: EXIT.failed,
  }),
}
