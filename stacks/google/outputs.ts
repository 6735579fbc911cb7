import type { ComputeInstance } from '@cdktf/provider-google/lib/compute-instance/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { mainOf } from '../../backend/machines.js'
import { addOutput, SSH_PORT } from '../add-output.js'
import type { Image } from './image.js'
import type { GoogleLabSpec, GoogleMachine } from './spec.js'

export function buildOutputs(
  stack: TerraformStack,
  { machines }: GoogleLabSpec,
  imageOf: (machine: GoogleMachine) => Image,
  instances: readonly ComputeInstance[],
): void {
  const value = machines.map(({ name, user }, index) => [
    name,
    {
      address: instances[index]?.networkInterface.get(0).accessConfig.get(0).natIp,
      ...(machines.length > 1 ? { privateAddress: instances[index]?.networkInterface.get(0).networkIp } : {}),
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
