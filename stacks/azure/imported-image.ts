import { Image } from '@cdktf/provider-azurerm/lib/image/index.js'
import { AzurermProvider } from '@cdktf/provider-azurerm/lib/provider/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import { addOutput } from '../add-output.js'
import type { ImportedImageSpec } from '../image-spec.js'
import { pinProvider } from '../provider-version.js'

export interface AzureImageSpec extends ImportedImageSpec {
  readonly provider: 'azure'
  /** The region of the storage account; Azure can make the image only there. */
  readonly region: string
  /** It exists already: several images share it, so none of them owns it. */
  readonly resourceGroup: string
  /** The page blob that holds the packed disk. */
  readonly blobUrl: string
}

/** An image of the subscription, made from a packed disk. The subscription comes from the environment, as do credentials. */
export function buildAzureImage(stack: TerraformStack, spec: AzureImageSpec): void {
  new AzurermProvider(stack, 'azurerm', {
    features: [{}],
    resourceProviderRegistrations: 'none',
    resourceProvidersToRegister: ['Microsoft.Compute'],
  })
  pinProvider(stack, 'azurerm', spec.providerVersion)
  const image = new Image(stack, 'image', {
    name: spec.name,
    resourceGroupName: spec.resourceGroup,
    location: spec.region,
    hyperVGeneration: spec.firmware === 'uefi' ? 'V2' : 'V1',
    osDisk: {
      osType: 'Linux',
      osState: 'Generalized',
      blobUri: spec.blobUrl,
      caching: 'ReadWrite',
      storageType: 'StandardSSD_LRS',
    },
    // An image has no description.
    tags: { ...spec.tags, description: spec.description },
    timeouts: { create: '30m', delete: '10m' },
  })
  addOutput(stack, 'image', { id: image.id, diskGiB: image.osDisk.sizeGb })
}
