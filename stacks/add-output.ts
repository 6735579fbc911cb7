import { TerraformOutput } from './cdktf.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'

/** A cloud's machines listen where all do. */
export const SSH_PORT = 22

/**
 * An output beside machines that may be called the same. Names with `_` within a stack are ours: the name of a machine has
 * none.
 */
export function addOutput(stack: TerraformStack, name: string, value: unknown): void {
  new TerraformOutput(stack, `${name}_output`, { value }).overrideLogicalId(name)
}
