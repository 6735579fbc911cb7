import { App, TerraformStack } from './cdktf.js'
import { buildImage, type ImageSpec } from './registry.js'
import { buildStateBlock } from './state-block.js'
import { escapeTemplates } from './templates.js'

/**
 * What the engine reads (`cdk.tf.json`) to make this one image; pure except for cdktf's own temporary app.
 */
export async function synthesiseImage(spec: ImageSpec): Promise<string> {
  const stack = new TerraformStack(new App({ stackTraces: false }), spec.id)
  buildStateBlock(stack, spec.state)
  await buildImage(stack, escapeTemplates(spec))
  stack.prepareStack()
  return `${JSON.stringify(stack.toTerraform(), null, 2)}\n`
}
