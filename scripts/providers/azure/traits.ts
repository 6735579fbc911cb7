import type { CloudTraits } from '../cloud-traits.js'
import { azureRefusals } from './refusals.js'
import { azureWords } from './words.js'

export const azureTraits: CloudTraits = {
  registryName: 'azurerm',
  machineType: 'azurerm_linux_virtual_machine',
  networks: {
    pattern: /^[^/]+\/[^/]+(?:\/[^/]+)?$/,
    expected: 'GROUP/NETWORK or GROUP/NETWORK/SUBNET',
    isGlobal: false,
    hasDefault: false,
  },
  // https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
  tags: {
    key: /^(?!microsoft|azure|windows)[^/]*$/i,
    expected: 'a key without / that does not begin with microsoft, azure or windows',
    most: 46,
  },
  zones: () => ({ example: '1', prefix: '', short: /^[1-9]$/ }),
  refusals: azureRefusals,
  words: azureWords,
}
