import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { TerraformOutput } from '../cdktf.js'
import type { MachineOutput } from '../outputs.js'
import { escapeTemplates } from '../templates.js'
import type { StaticLabSpec, StaticMachine } from './spec.js'

/** No resource at all, only the output of every stack. */
export function buildStaticLab(stack: TerraformStack, { machines }: StaticLabSpec): void {
  const value = escapeTemplates(Object.fromEntries(machines.map(outputOf)))
  new TerraformOutput(stack, 'machines', { value })
}

const outputOf = ({ name, address, port, user }: StaticMachine): [string, MachineOutput] => [
  name,
  { address, port, user },
]
