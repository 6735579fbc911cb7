import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { pinProvider } from '../provider-version.js'
import { buildImage } from './image.js'
import { buildMachine } from './machine.js'
import { buildNetwork } from './network.js'
import { buildOutputs } from './outputs.js'
import { sharedImages } from '../shared-images.js'
import type { GoogleLabSpec } from './spec.js'

/**
 * One instance for each machine, and the lab's firewall rules. Credentials and project come from the
 * environment.
 */
export function buildGoogleLab(stack: TerraformStack, spec: GoogleLabSpec): void {
  const { region, zone, project } = spec
  const named = project === undefined ? {} : { project }
  new GoogleProvider(stack, 'google', { ...named, region, zone, requestTimeout: '60s' })
  pinProvider(stack, 'google', spec.providerVersion)
  const imageOf = sharedImages(spec.machines, (machine, lookup) => buildImage(stack, machine, lookup))
  const network = buildNetwork(stack, spec)
  const instances = spec.machines.map((machine) =>
    buildMachine(stack, spec, machine, `${spec.id}-${machine.name}`, { image: imageOf(machine), network }),
  )
  buildOutputs(stack, spec, imageOf, instances)
}
