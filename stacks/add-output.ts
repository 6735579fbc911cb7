import { TerraformOutput } from './cdktf.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'

/** Machines on a cloud listen on the usual port. */
export const SSH_PORT = 22

/**
 * An output beside the machines, which may have the same name. Names with `_` in a stack are ours: a
 * machine's name has none.
 */
export function addOutput(stack: TerraformStack, name: string, value: unknown): void {
  new TerraformOutput(stack, `${name}_output`, { value }).overrideLogicalId(name)
}
