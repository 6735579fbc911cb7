import type { ProviderName } from '../distro-catalog/provider-names.js'
import { awsEngine } from './aws/engine.js'
import type { AwsImageSpec } from './aws/imported-image.js'
import type { AwsLabSpec } from './aws/spec.js'
import { azureEngine } from './azure/engine.js'
import type { AzureImageSpec } from './azure/imported-image.js'
import type { AzureLabSpec } from './azure/spec.js'
import type { TerraformStack } from './cdktf.js'
import type { EngineProvider } from './engine-provider.js'
import { googleEngine } from './google/engine.js'
import type { GoogleImageSpec } from './google/imported-image.js'
import type { GoogleLabSpec } from './google/spec.js'
import { localEngine } from './local/engine.js'
import type { LocalLabSpec } from './local/spec.js'
import { staticEngine } from './static/engine.js'
import type { StaticLabSpec } from './static/spec.js'
import { escapeTemplates } from './templates.js'

/** One member per provider; `provider` tells them apart. */
export type LabSpec = LocalLabSpec | AwsLabSpec | AzureLabSpec | GoogleLabSpec | StaticLabSpec

/** One member for each provider that supports imported images. */
export type ImageSpec = AwsImageSpec | AzureImageSpec | GoogleImageSpec

export const engineProviders: Readonly<Record<ProviderName, EngineProvider>> = {
  aws: awsEngine,
  azure: azureEngine,
  google: googleEngine,
  local: localEngine,
  static: staticEngine,
}

/** By the name in a record; for an unknown provider, nothing may be loaded. */
export const engineProviderOf = (provider: string | undefined): EngineProvider =>
  provider !== undefined && isProvider(provider) ? engineProviders[provider] : localEngine

const isProvider = (name: string): name is ProviderName => Object.hasOwn(engineProviders, name)

/** A cloud's classes are loaded only for its own labs: they cost more than everything else. */
export async function buildLab(stack: TerraformStack, spec: LabSpec): Promise<void> {
  switch (spec.provider) {
    case 'local':
      return void (await import('./local/stack.js')).buildLocalLab(stack, spec)
    case 'static':
      return void (await import('./static/stack.js')).buildStaticLab(stack, spec)
    case 'aws':
      return void (await import('./aws/stack.js')).buildAwsLab(stack, escapeTemplates(spec))
    case 'azure':
      return void (await import('./azure/stack.js')).buildAzureLab(stack, escapeTemplates(spec))
    case 'google':
      return void (await import('./google/stack.js')).buildGoogleLab(stack, escapeTemplates(spec))
  }
}

/** The same for an image. */
export async function buildImage(stack: TerraformStack, spec: ImageSpec): Promise<void> {
  switch (spec.provider) {
    case 'aws':
      return void (await import('./aws/imported-image.js')).buildAwsImage(stack, spec)
    case 'google':
      return void (await import('./google/imported-image.js')).buildGoogleImage(stack, spec)
    case 'azure':
      return void (await import('./azure/imported-image.js')).buildAzureImage(stack, spec)
  }
}
