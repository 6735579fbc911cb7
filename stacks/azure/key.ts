import type { LinuxVirtualMachineAdminSshKey } from '@cdktf/provider-azurerm/lib/linux-virtual-machine/index.js'
import type { CloudMachine } from '../cloud-spec.js'
import type { AzureLabSpec } from './spec.js'

/**
 * The lab's public keys for the machine's only user. The provider accepts RSA of 2048 bits or more, and
 * ed25519.
 */
export const adminKeys = (
  { publicKeys }: AzureLabSpec,
  { user }: CloudMachine,
): LinuxVirtualMachineAdminSshKey[] => publicKeys.map((publicKey) => ({ username: user, publicKey }))
