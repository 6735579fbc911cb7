import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { mainOf } from '../../backend/machines.js'
import { addOutput, SSH_PORT } from '../add-output.js'
import type { Image } from './image.js'
import type { AzureLabSpec, AzureMachine } from './spec.js'

export function buildOutputs(
  stack: TerraformStack,
  { machines }: AzureLabSpec,
  imageOf: (machine: AzureMachine) => Image,
  made: readonly { readonly address: string; readonly privateAddress: string }[],
): void {
  const value = machines.map(({ name, user }, index) => [
    name,
    {
      address: made[index]?.address,
      ...(machines.length > 1 ? { privateAddress: made[index]?.privateAddress } : {}),
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
