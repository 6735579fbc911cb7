import { KeyPair } from '@cdktf/provider-aws/lib/key-pair/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { labName } from './names.js'
import type { AwsLabSpec } from './spec.js'

/** The lab's public key, for the image's first user. */
export function buildKey(stack: TerraformStack, spec: AwsLabSpec, base: string): KeyPair {
  return new KeyPair(stack, 'lab_key', {
    keyName: labName(base),
    publicKey: spec.publicKey,
    tags: { ...spec.tags },
  })
}
