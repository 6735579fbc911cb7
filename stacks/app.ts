import { App } from 'cdktf/lib/app.js'
import { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { buildLocalLab } from './local/stack.js'
import type { LabSpec } from './spec.js'
import { buildStateBlock } from './state-block.js'

/** The lab's stack within an app: OpenTofu's state backend and everything the lab is made of. */
export function buildLabStack(app: App, spec: LabSpec): TerraformStack {
  const stack = new TerraformStack(app, spec.lab)
  buildStateBlock(stack, spec.state)
  buildLocalLab(stack, spec)
  return stack
}

/** What the engine reads (`cdk.tf.json`); pure but for cdktf's own temporary app. */
export function synthesiseLab(spec: LabSpec): string {
  const stack = buildLabStack(new App({ stackTraces: false }), spec)
  stack.prepareStack()
  return `${JSON.stringify(stack.toTerraform(), null, 2)}\n`
}
