import { AwsProvider } from '@cdktf/provider-aws/lib/provider/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { pinProvider } from '../provider-version.js'
import { buildImage } from './image.js'
import { buildKey } from './key.js'
import { buildMachine } from './machine.js'
import { buildNetwork } from './network.js'
import { buildOutputs } from './outputs.js'
import { sharedImages } from '../shared-images.js'
import type { AwsLabSpec } from './spec.js'

/** One instance for each machine, a key pair and a security group; a network only if the lab has its own. */
export function buildAwsLab(stack: TerraformStack, spec: AwsLabSpec): void {
  new AwsProvider(stack, 'aws', {
    region: spec.region,
    // The provider treats a lack of capacity as temporary: its default of 25 tries means 50 minutes of
    // silence.
    maxRetries: 3,
    skipRegionValidation: true,
  })
  pinProvider(stack, 'aws', spec.providerVersion)
  const imageOf = sharedImages(spec.machines, (machine, lookup) => buildImage(stack, machine, lookup))
  const network = buildNetwork(stack, spec, spec.id)
  const key = buildKey(stack, spec, spec.id)
  const instances = spec.machines.map((machine) =>
    buildMachine(stack, spec, machine, `${spec.id}-${machine.name}`, {
      image: imageOf(machine),
      network,
      key,
    }),
  )
  buildOutputs(stack, spec, imageOf, instances)
}
