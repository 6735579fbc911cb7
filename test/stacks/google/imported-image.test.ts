import { expect, test } from '@jest/globals'
import type { GoogleImageSpec } from '../../../stacks/google/imported-image.js'
import { imageName } from '../../../stacks/google/names.js'
import { synthesiseImage } from '../../../stacks/imported-image.js'
import { imageId } from '../../../stacks/naming.js'
import { readProviderSchema } from '../../support/stacks/cloud-labs.js'
import { importedArch } from '../../support/stacks/imported-arch.js'
import { checkConfiguration } from '../../support/stacks/schema-check.js'

const spec: GoogleImageSpec = {
  ...importedArch,
  provider: 'google',
  state: { kind: 'local', path: '/home/anna/images/google/arch/x86_64/tofu.tfstate' },
  name: imageName(imageId('0a1b2c3d', 'arch', 'x86_64')),
  family: 'distrolab-arch-x86-64',
  bucket: 'disks',
  object: 'team/images/google/arch/x86_64/0a1b2c3d-disk.tar.gz',
}

interface Configuration {
  readonly resource: { readonly google_compute_image: { readonly image: Readonly<Record<string, unknown>> } }
}

const imageOf = async (changes: Partial<GoogleImageSpec> = {}) =>
  (JSON.parse(await synthesiseImage({ ...spec, ...changes })) as Configuration).resource.google_compute_image
    .image

test('the provider takes the stack of an image, in all its forms', async () => {
  const schema = await readProviderSchema('google')
  for (const changes of [{}, { firmware: 'bios' }, { family: null }, { providerVersion: '1.2.3' }] as const) {
    const text = await synthesiseImage({ ...spec, ...changes })
    expect(checkConfiguration(JSON.parse(text), schema)).toEqual([])
    expect(text).toBe(await synthesiseImage({ ...spec, ...changes }))
  }
})

test('an image carries our labels, its family, and its disk by the name that Google knows', async () => {
  expect(await imageOf()).toMatchObject({
    name: 'distrolab-0a1b2c3d-arch-x86-64',
    family: 'distrolab-arch-x86-64',
    labels: { 'distrolab-image': 'arch-x86_64', 'distrolab-backend': '0a1b2c3d' },
    raw_disk: {
      source: 'https://storage.googleapis.com/disks/team/images/google/arch/x86_64/0a1b2c3d-disk.tar.gz',
    },
  })
  expect(await imageOf({ family: null })).not.toHaveProperty('family')
})

test('only a disk that boots by UEFI says so', async () => {
  const features = async (firmware: 'uefi' | 'bios'): Promise<unknown> =>
    (await imageOf({ firmware }))['guest_os_features']
  expect(await features('uefi')).toContainEqual({ type: 'UEFI_COMPATIBLE' })
  expect(await features('bios')).not.toContainEqual({ type: 'UEFI_COMPATIBLE' })
})

test('names keep to the rules of Google at their limits', () => {
  expect(imageName(imageId('0a1b2c3d', 'ubuntu-24.04', 'arm64'))).toBe(
    'distrolab-0a1b2c3d-ubuntu-24-04-arm64',
  )
  expect(imageName(imageId('0a1b2c3d', 'a'.repeat(60), 'arm64'))).toMatch(/^[a-z][a-z0-9-]{61}[a-z0-9]$/)
})
