import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'

/**
 * Asks for a version of a provider other than the one its classes were made from, because a mirror may have
 * only that. This needs a raw override: a provider's class writes its own version and accepts no other.
 */
export function pinProvider(stack: TerraformStack, provider: string, version: string | null): void {
  if (version !== null) stack.addOverride(`terraform.required_providers.${provider}.version`, version)
}
