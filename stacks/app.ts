import { App, TerraformStack } from './cdktf.js'
import { buildLocalLab } from './local/stack.js'
import type { LabSpec } from './spec.js'
import { buildStateBlock } from './state-block.js'
import { escapeTemplates } from './templates.js'

/** The lab's stack within an app: OpenTofu's state backend and everything the lab is made of. */
export async function buildLabStack(app: App, spec: LabSpec): Promise<TerraformStack> {
  // constructs keeps children in a plain object: one called `constructor` would seem to be there already.
  const stack = new TerraformStack(app, `lab-${spec.lab}`)
  buildStateBlock(stack, escapeTemplates(spec.state))
  await buildLab(stack, spec)
  return stack
}

/** A cloud's classes are loaded for its own labs only: they cost more than all the rest. */
async function buildLab(stack: TerraformStack, spec: LabSpec): Promise<void> {
  switch (spec.provider) {
    case 'local':
      return void buildLocalLab(stack, spec)
    case 'aws':
      return void (await import('./aws/stack.js')).buildAwsLab(stack, escapeTemplates(spec))
    case 'azure':
      return void (await import('./azure/stack.js')).buildAzureLab(stack, escapeTemplates(spec))
    case 'google':
      return void (await import('./google/stack.js')).buildGoogleLab(stack, escapeTemplates(spec))
  }
}

/** What the engine reads (`cdk.tf.json`); pure but for cdktf's own temporary app. */
export async function synthesiseLab(spec: LabSpec): Promise<string> {
  const stack = await buildLabStack(new App({ stackTraces: false }), spec)
  stack.prepareStack()
  return `${JSON.stringify(stack.toTerraform(), null, 2)}\n`
}
