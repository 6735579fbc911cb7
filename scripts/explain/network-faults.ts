import type { NetworkFault } from '../errors.js'
import { EXIT, type Explanations } from './explanation.js'
import { typed } from '../report/typed.js'

export const networkExplanations: Explanations<NetworkFault> = {
  'network-absent': ({ lab, profile }) => ({
    message: `${lab} has no private network, because it was made with one machine.`,
    hint: typed`distrolab up --profile ${profile} --name NAME --machines source,target    # a lab of several machines has one`,
    exitCode: EXIT.usage,
  }),
  'network-of-cloud': ({ lab, provider }) => ({
    message: `distrolab does not switch the network of ${lab}: it belongs to ${provider}.`,
    hint: typed`distrolab exec ${lab} --machine NAME -- sudo ip route add blackhole ADDRESS    # separates one machine from that address, on its own side`,
    exitCode: EXIT.usage,
  }),
  'capture-failed': ({ lab, file, reason }) => ({
    message: `The capture of ${lab} into ${file} failed: ${reason}.`,
    hint: typed`distrolab net capture ${lab} --out ${file}`,
    exitCode: EXIT.failed,
  }),
}
