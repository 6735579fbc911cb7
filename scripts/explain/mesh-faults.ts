import type { MeshFault } from '../mesh/faults.js'
import { typed } from '../report/typed.js'
import { EXIT, type Explanations } from './explanation.js'

export const meshExplanations: Explanations<MeshFault> = {
  'mesh-failed': ({ lab, machine, reason }) => ({
    message: `The names and keys of the lab's machines could not be set on ${lab}/${machine}: ${reason}.`,
    hint: typed`distrolab up ${lab}    # tries again; or distrolab ssh ${lab} --machine ${machine}`,
    exitCode: EXIT.failed,
  }),
}
