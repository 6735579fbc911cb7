import { DataAzurermImage } from '@cdktf/provider-azurerm/lib/data-azurerm-image/index.js'
import { DataAzurermPlatformImage } from '@cdktf/provider-azurerm/lib/data-azurerm-platform-image/index.js'
import type { LinuxVirtualMachineSourceImageReference } from '@cdktf/provider-azurerm/lib/linux-virtual-machine/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import type { AzureImageSelector, AzureLabSpec, AzureMachine } from './spec.js'

type Marketplace = Extract<AzureImageSelector, { readonly from: 'marketplace' }>

export interface Image {
  /**
   * `publisher:offer:sku:version` of a Marketplace image, else a resource id. It pins the machine to the
   * image.
   */
  readonly id: string
  readonly diskGiB: number
  readonly source:
    | { readonly sourceImageReference: LinuxVirtualMachineSourceImageReference }
    | { readonly sourceImageId: string }
  /** The attributes of a machine that must not follow a newer image. */
  readonly ignoreChanges: readonly string[]
}

/**
 * A pinned image needs no look-up. A community gallery does not reveal versions to the provider: the platform
 * chooses the newest when the machine is made, and the machine keeps it.
 */
export function buildImage(
  stack: TerraformStack,
  { region }: AzureLabSpec,
  { image, diskGiB }: AzureMachine,
  lookup: string,
): Image {
  if (image.kind === 'pinned') return { ...pinned(image.id), diskGiB, ignoreChanges: [] }
  const { selector } = image
  switch (selector.from) {
    case 'marketplace':
      return { ...newestInMarketplace(stack, selector, region, lookup), diskGiB }
    case 'gallery': {
      const id = `/communityGalleries/${selector.name}/images/${selector.image}/versions/latest`
      return { id, diskGiB, source: { sourceImageId: id }, ignoreChanges: [] }
    }
    case 'imported': {
      const { resourceGroup, name } = selector
      const found = new DataAzurermImage(stack, lookup, { resourceGroupName: resourceGroup, name })
      const size = `\${max(${diskGiB}, ${found.fqn}.os_disk[0].size_gb)}` as unknown as number
      const ignoreChanges = ['source_image_id', 'os_disk[0].disk_size_gb']
      return { id: found.id, diskGiB: size, source: { sourceImageId: found.id }, ignoreChanges }
    }
  }
}

function newestInMarketplace(
  stack: TerraformStack,
  { publisher, offer, sku }: Marketplace,
  location: string,
  lookup: string,
): Omit<Image, 'diskGiB'> {
  const { version } = new DataAzurermPlatformImage(stack, lookup, { location, publisher, offer, sku })
  return {
    id: [publisher, offer, sku, version].join(':'),
    source: { sourceImageReference: { publisher, offer, sku, version } },
    ignoreChanges: ['source_image_reference'],
  }
}

function pinned(id: string): Pick<Image, 'id' | 'source'> {
  if (id.startsWith('/')) return { id, source: { sourceImageId: id } }
  const [publisher = '', offer = '', sku = '', version = ''] = id.split(':')
  return { id, source: { sourceImageReference: { publisher, offer, sku, version } } }
}
