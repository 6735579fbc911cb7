import type { EngineProvider } from '../engine-provider.js'

export const azureEngine: EngineProvider = {
  source: 'registry.opentofu.org/hashicorp/azurerm',
  types: [
    'azurerm_application_security_group',
    'azurerm_dev_test_global_vm_shutdown_schedule',
    'azurerm_image',
    'azurerm_linux_virtual_machine',
    'azurerm_network_interface',
    'azurerm_network_interface_application_security_group_association',
    'azurerm_network_interface_security_group_association',
    'azurerm_network_security_group',
    'azurerm_public_ip',
    'azurerm_resource_group',
    'azurerm_virtual_network',
  ],
}
