import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { pinProvider } from '../provider-version.js'
import { buildImage } from './image.js'
import { buildMachine } from './machine.js'
import { buildNetwork } from './network.js'
import { buildOutputs } from './outputs.js'
import type { GoogleLabSpec } from './spec.js'

/** An instance a machine, and the lab's firewall rules. The project comes from the environment, as do credentials. */
export function buildGoogleLab(stack: TerraformStack, spec: GoogleLabSpec): void {
  new GoogleProvider(stack, 'google', { region: spec.region, zone: spec.zone, requestTimeout: '60s' })
  pinProvider(stack, 'google', spec.providerVersion)
  const image = buildImage(stack, spec)
  const network = buildNetwork(stack, spec)
  const instances = spec.machines.map((machine) =>
    buildMachine(stack, spec, machine, `${spec.id}-${machine.name}`, { image, network }),
  )
  buildOutputs(stack, spec, image, instances)
}
