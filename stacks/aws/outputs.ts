import type { Instance } from '@cdktf/provider-aws/lib/instance/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { mainOf } from '../../backend/machines.js'
import { addOutput, SSH_PORT } from '../add-output.js'
import type { Image } from './image.js'
import type { AwsLabSpec, AwsMachine } from './spec.js'

export function buildOutputs(
  stack: TerraformStack,
  { machines }: AwsLabSpec,
  imageOf: (machine: AwsMachine) => Image,
  instances: readonly Instance[],
): void {
  const value = machines.map(({ name, user }, index) => [
    name,
    {
      address: instances[index]?.publicIp,
      ...(machines.length > 1 ? { privateAddress: instances[index]?.privateIp } : {}),
      port: SSH_PORT,
      user,
    },
  ])
  addOutput(stack, 'machines', Object.fromEntries(value))
  const main = mainOf(machines)
  if (main === undefined) return
  const { id, diskGiB } = imageOf(main)
  addOutput(stack, 'image', { id, diskGiB })
}
