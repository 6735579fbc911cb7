import { expect, test } from '@jest/globals'
import type { AwsImageSpec } from '../../../stacks/aws/imported-image.js'
import { imageName } from '../../../stacks/aws/names.js'
import { synthesiseImage } from '../../../stacks/imported-image.js'
import { imageId } from '../../../stacks/naming.js'
import { readProviderSchema } from '../../support/stacks/cloud-labs.js'
import { importedArch } from '../../support/stacks/imported-arch.js'
import { checkConfiguration } from '../../support/stacks/schema-check.js'

const spec: AwsImageSpec = {
  ...importedArch,
  provider: 'aws',
  state: { kind: 'local', path: '/home/anna/images/aws/arch/x86_64/tofu.tfstate' },
  name: imageName(imageId('0a1b2c3d', 'arch', 'x86_64')),
  region: 'eu-west-1',
  architecture: 'x86_64',
  snapshotId: 'snap-0123456789abcdef0',
  diskGiB: 2,
}

interface Configuration {
  readonly provider: unknown
  readonly resource?: { readonly aws_ami: { readonly image: Readonly<Record<string, unknown>> } }
  readonly output?: unknown
}

const configurationOf = async (changes: Partial<AwsImageSpec> = {}) =>
  JSON.parse(await synthesiseImage({ ...spec, ...changes })) as Configuration
const imageOf = async (changes: Partial<AwsImageSpec> = {}) =>
  (await configurationOf(changes)).resource?.aws_ami.image

test('the provider takes the stack of an image, in all its forms', async () => {
  const schema = await readProviderSchema('aws')
  for (const changes of [
    ...[{}, { firmware: 'bios' }, { architecture: 'arm64' }],
    ...[{ snapshotId: null }, { providerVersion: '1.2.3' }],
  ] as const) {
    expect(checkConfiguration(await configurationOf(changes), schema)).toEqual([])
    expect(await configurationOf(changes)).toEqual(await configurationOf(changes))
  }
})

test('an image carries our tags and is made of its snapshot, in the region of that', async () => {
  const configuration = await configurationOf()
  expect(Object.keys(configuration.resource ?? {})).toEqual(['aws_ami'])
  expect(configuration.provider).toMatchObject({ aws: [{ region: 'eu-west-1' }] })
  expect(await imageOf()).toMatchObject({
    name: 'distrolab-0a1b2c3d-arch-x86_64',
    tags: {
      'distrolab-image': 'arch-x86_64',
      'distrolab-backend': '0a1b2c3d',
      Name: 'distrolab-0a1b2c3d-arch-x86_64',
    },
    root_device_name: '/dev/xvda',
    ebs_block_device: [
      {
        device_name: '/dev/xvda',
        snapshot_id: 'snap-0123456789abcdef0',
        volume_size: 2,
        volume_type: 'gp3',
        delete_on_termination: true,
      },
    ],
  })
})

test('its machines are of its processor, boot as its disk does, and get metadata by token only', async () => {
  expect(await imageOf()).toMatchObject({
    architecture: 'x86_64',
    boot_mode: 'uefi',
    virtualization_type: 'hvm',
    imds_support: 'v2.0',
    ena_support: true,
    sriov_net_support: 'simple',
  })
  expect(await imageOf({ architecture: 'arm64', firmware: 'bios' })).toMatchObject({
    architecture: 'arm64',
    boot_mode: 'legacy-bios',
  })
})

test('without a snapshot there is no image, and what there was can be removed all the same', async () => {
  const configuration = await configurationOf({ snapshotId: null })
  expect([configuration.resource, configuration.output]).toEqual([undefined, undefined])
  expect(configuration.provider).toMatchObject({ aws: [{ region: 'eu-west-1' }] })
})

test('names keep to the rules of AWS at their limits', () => {
  expect(imageName(imageId('0a1b2c3d', 'ubuntu-24.04', 'x86_64'))).toBe(
    'distrolab-0a1b2c3d-ubuntu-24.04-x86_64',
  )
  expect(imageName(imageId('0a1b2c3d', 'a'.repeat(130), 'x86_64'))).toMatch(/^[\w./()[\] '@-]{128}$/)
})
