import type { MeshFault } from '../mesh/faults.js'
import { typed } from '../report/typed.js'
import { EXIT, type Explanations } from './explanation.js'

export const meshExplanations: Explanations<MeshFault> = {
  'mesh-failed': ({ lab, machine, reason }) => ({
    message: `Cannot tell ${lab}/${machine} about the other machines of its lab: ${reason}.`,
    hint: typed`distrolab up ${lab}    # tries again; distrolab ssh ${lab} --machine ${machine} logs in, to see why`,
    exitCode: EXIT.failed,
  }),
}
