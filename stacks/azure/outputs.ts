import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { mainOf } from '../../backend/machines.js'
import { addOutput, SSH_PORT } from '../add-output.js'
import type { Image } from './image.js'
import type { Connection } from './network.js'
import type { AzureLabSpec, AzureMachine } from './spec.js'

export function buildOutputs(
  stack: TerraformStack,
  { machines }: AzureLabSpec,
  imageOf: (machine: AzureMachine) => Image,
  connections: readonly Connection[],
): void {
  const value = machines.map(({ name, user }, index) => [
    name,
    { address: connections[index]?.address, port: SSH_PORT, user },
  ])
  addOutput(stack, 'machines', Object.fromEntries(value))
  const main = mainOf(machines)
  if (main === undefined) return
  const { id, diskGiB } = imageOf(main)
  addOutput(stack, 'image', { id, diskGiB })
}
