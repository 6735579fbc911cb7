import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider/index.js'
import { ResourceGroup } from '@cdktf/provider-azurerm/lib/resource-group/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { pinProvider } from '../provider-version.js'
import { buildImage } from './image.js'
import { buildMachine, buildShutdown } from './machine.js'
import { groupName } from './names.js'
import { buildConnection, buildNetwork } from './network.js'
import { buildOutputs } from './outputs.js'
import { sharedImages } from '../shared-images.js'
import type { AzureLabSpec } from './spec.js'

/**
 * One resource group that holds the whole lab. The subscription and the credentials come from the
 * environment.
 */
export function buildAzureLab(stack: TerraformStack, spec: AzureLabSpec): void {
  new AzurermProvider(stack, 'azurerm', {
    features: [
      {
        resourceGroup: [{ preventDeletionIfContainsResources: false }],
        virtualMachine: [{ deleteOsDiskOnDeletion: true, skipShutdownAndForceDelete: true }],
      },
    ],
    // The resource providers that a lab uses, of some eighty; by default each run checks all of them.
    resourceProviderRegistrations: 'none',
    resourceProvidersToRegister: ['Microsoft.Compute', 'Microsoft.Network', 'Microsoft.DevTestLab'],
  })
  pinProvider(stack, 'azurerm', spec.providerVersion)
  const group = new ResourceGroup(stack, 'lab_group', {
    name: groupName(spec.id),
    location: spec.region,
    tags: { ...spec.tags },
  })
  const imageOf = sharedImages(spec.machines, (machine, lookup) => buildImage(stack, spec, machine, lookup))
  const network = buildNetwork(stack, spec, group)
  const made = spec.machines.map((machine) => {
    const connection = buildConnection(stack, spec, machine, group, network)
    const built = buildMachine(stack, spec, machine, { group, image: imageOf(machine), connection })
    buildShutdown(stack, spec, machine, built)
    return { address: connection.address, privateAddress: built.privateIpAddress }
  })
  buildOutputs(stack, spec, imageOf, made)
}
