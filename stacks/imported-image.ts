import { App, TerraformStack } from './cdktf.js'
import type { StateBackend } from '../backend/state-backend.js'
import type { AwsImageSpec } from './aws/imported-image.js'
import type { AzureImageSpec } from './azure/imported-image.js'
import type { GoogleImageSpec } from './google/imported-image.js'
import { buildStateBlock } from './state-block.js'
import { escapeTemplates } from './templates.js'

/** The input of an image's stack on any provider: values only. */
export interface ImportedImageSpec {
  /** Of the stack: `arch-x86_64`. */
  readonly id: string
  readonly state: StateBackend
  readonly name: string
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  readonly firmware: 'uefi' | 'bios'
  readonly providerVersion: string | null
}

/** One member for each provider that supports imported images. */
export type ImageSpec = AwsImageSpec | AzureImageSpec | GoogleImageSpec

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

/** Loads only one cloud's classes, because each takes time. */
async function buildImage(stack: TerraformStack, spec: ImageSpec): Promise<void> {
  switch (spec.provider) {
    case 'aws':
      return void (await import('./aws/imported-image.js')).buildAwsImage(stack, spec)
    case 'google':
      return void (await import('./google/imported-image.js')).buildGoogleImage(stack, spec)
    case 'azure':
      return void (await import('./azure/imported-image.js')).buildAzureImage(stack, spec)
  }
}
