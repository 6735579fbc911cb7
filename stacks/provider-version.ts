import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'

/**
 * Asks for another version of a provider than the one its classes were made from: what a mirror without network has.
 * A raw override, because a provider's class writes its own version and takes no other.
 */
export function pinProvider(stack: TerraformStack, provider: string, version: string | null): void {
  if (version !== null) stack.addOverride(`terraform.required_providers.${provider}.version`, version)
}
