import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { addOutput, SSH_PORT } from '../add-output.js'
import type { Image } from './image.js'
import type { Connection } from './network.js'
import type { AzureLabSpec } from './spec.js'

export function buildOutputs(
  stack: TerraformStack,
  { machines }: AzureLabSpec,
  image: Image,
  connections: readonly Connection[],
): void {
  const value = machines.map(({ name, user }, index) => [
    name,
    { address: connections[index]?.address, port: SSH_PORT, user },
  ])
  addOutput(stack, 'machines', Object.fromEntries(value))
  addOutput(stack, 'image', { id: image.id, diskGiB: image.diskGiB })
}
