import type { ProviderName } from '../distro-catalog/provider.js'

/** What OpenTofu needs, and may know, about the labs and images at a provider. */
export interface EngineProvider {
  /** Its address in OpenTofu's full form. */
  readonly source: string
  /**
   * Every type of resource that a stack here makes. A state with any other type was not made by distrolab.
   */
  readonly types: readonly string[]
}

/** Built into OpenTofu: nothing is downloaded for it. */
export const BUILT_IN = 'terraform.io/builtin/terraform'

export const engineProviders: Readonly<Record<ProviderName, EngineProvider>> = {
  local: { source: BUILT_IN, types: ['terraform_data'] },
  aws: {
    source: 'registry.opentofu.org/hashicorp/aws',
    types: [
      'aws_ami',
      'aws_instance',
      'aws_internet_gateway',
      'aws_key_pair',
      'aws_route',
      'aws_security_group',
      'aws_subnet',
      'aws_vpc',
    ],
  },
  google: {
    source: 'registry.opentofu.org/hashicorp/google',
    types: [
      'google_compute_firewall',
      'google_compute_image',
      'google_compute_instance',
      'google_compute_network',
      'google_compute_subnetwork',
    ],
  },
  azure: {
    source: 'registry.opentofu.org/hashicorp/azurerm',
    types: [
      'azurerm_dev_test_global_vm_shutdown_schedule',
      'azurerm_image',
      'azurerm_linux_virtual_machine',
      'azurerm_network_interface',
      'azurerm_network_interface_security_group_association',
      'azurerm_network_security_group',
      'azurerm_public_ip',
      'azurerm_resource_group',
      'azurerm_virtual_network',
    ],
  },
}

/** By the name in a record. An unknown name may load nothing. */
export const engineProviderOf = (provider: string | undefined): EngineProvider =>
  provider !== undefined && isProvider(provider) ? engineProviders[provider] : engineProviders.local

const isProvider = (name: string): name is ProviderName => Object.hasOwn(engineProviders, name)
