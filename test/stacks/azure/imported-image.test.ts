import { expect, test } from '@jest/globals'
import type { AzureImageSpec } from '../../../stacks/azure/imported-image.js'
import { imageName } from '../../../stacks/azure/names.js'
import { synthesiseImage } from '../../../stacks/imported-image.js'
import { imageId } from '../../../stacks/naming.js'
import { readProviderSchema } from '../../support/stacks/cloud-labs.js'
import { importedArch } from '../../support/stacks/imported-arch.js'
import { checkConfiguration } from '../../support/stacks/schema-check.js'

const spec: AzureImageSpec = {
  ...importedArch,
  provider: 'azure',
  state: { kind: 'local', path: '/home/anna/images/azure/arch/x86_64/tofu.tfstate' },
  name: 'distrolab-arch-x86-64',
  region: 'westeurope',
  resourceGroup: 'distrolab-images',
  blobUrl: 'https://labdisks.blob.core.windows.net/disks/images/azure/arch/x86_64/0a1b2c3d-disk.vhd',
}

interface Configuration {
  readonly resource: { readonly azurerm_image: { readonly image: Readonly<Record<string, unknown>> } }
}

const configurationOf = async (changes: Partial<AzureImageSpec> = {}) =>
  JSON.parse(await synthesiseImage({ ...spec, ...changes })) as Configuration

test('the provider takes the stack of an image, in all its forms', async () => {
  const schema = await readProviderSchema('azure')
  for (const changes of [{}, { firmware: 'bios' }, { providerVersion: '1.2.3' }] as const) {
    expect(checkConfiguration(await configurationOf(changes), schema)).toEqual([])
    expect(await configurationOf(changes)).toEqual(await configurationOf(changes))
  }
})

test('an image carries our tags and its disk, lies where that lies, and owns no group', async () => {
  const { resource } = await configurationOf()
  expect(Object.keys(resource)).toEqual(['azurerm_image'])
  expect(resource.azurerm_image.image).toMatchObject({
    name: 'distrolab-arch-x86-64',
    location: 'westeurope',
    resource_group_name: 'distrolab-images',
    tags: { 'distrolab-image': 'arch-x86_64', 'distrolab-backend': '0a1b2c3d' },
    os_disk: { os_type: 'Linux', os_state: 'Generalized', blob_uri: spec.blobUrl },
  })
})

test('the generation of its machines is that of its firmware', async () => {
  const generation = async (firmware: 'uefi' | 'bios'): Promise<unknown> =>
    (await configurationOf({ firmware })).resource.azurerm_image.image['hyper_v_generation']
  expect([await generation('uefi'), await generation('bios')]).toEqual(['V2', 'V1'])
})

test('names keep to the rules of Azure at their limits', () => {
  expect(imageName(imageId('0a1b2c3d', 'ubuntu-24.04', 'x86_64'))).toBe(
    'distrolab-0a1b2c3d-ubuntu-24-04-x86-64',
  )
  expect(imageName(imageId('0a1b2c3d', 'a'.repeat(90), 'x86_64'))).toMatch(/^[a-z][a-z0-9-]{78}[a-z0-9]$/)
})
