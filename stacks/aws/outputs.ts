import type { Instance } from '@cdktf/provider-aws/lib/instance/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { addOutput, SSH_PORT } from '../add-output.js'
import type { Image } from './image.js'
import type { AwsLabSpec } from './spec.js'

export function buildOutputs(
  stack: TerraformStack,
  { machines }: AwsLabSpec,
  image: Image,
  instances: readonly Instance[],
): void {
  const value = machines.map(({ name, user }, index) => [
    name,
    { address: instances[index]?.publicIp, port: SSH_PORT, user },
  ])
  addOutput(stack, 'machines', Object.fromEntries(value))
  addOutput(stack, 'image', { id: image.id, diskGiB: image.diskGiB })
}
