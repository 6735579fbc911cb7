import type { Command } from '../command.js'
import { textFlag } from '../flags.js'
import { leaseOptions, machineOptions } from '../options.js'

export const imagesImportCommand: Command = {
  name: 'images import',
  positionals: '[distro]',
  describe:
    'Custom OS installation: import a disk to a provider that has no such image; run again to continue',
  options: {
    provider: { type: 'string', requiresArg: true, describe: 'aws, azure or google' },
    image: { type: 'string', requiresArg: true, describe: "A disk file or URL instead of the distro's own" },
    checksum: {
      type: 'string',
      requiresArg: true,
      describe: 'Checksum of the disk, as sha256:HEX or sha512:HEX; required with a URL',
    },
    bucket: {
      type: 'string',
      requiresArg: true,
      describe:
        'Where the disk is uploaded to: gs://BUCKET/PREFIX, default the bucket of the records; or https://ACCOUNT.blob.core.windows.net/CONTAINER/PREFIX',
    },
    region: {
      type: 'string',
      requiresArg: true,
      describe: 'On aws: the region of the image and of the machines created from it',
    },
    arch: machineOptions['arch'] ?? {},
    ...leaseOptions,
  },
  examples: [
    ['distrolab images import arch --provider google', "the distribution's official cloud image"],
    ['distrolab images import arch --provider azure', 'through a container: DISTROLAB_BUCKET or --bucket'],
    ['distrolab images import arch --provider aws', 'into a snapshot, in DISTROLAB_REGION or --region'],
  ],
  async run(context, { flags }) {
    const { importImage } = await import('../images/import.js')
    const result = await importImage(context, {
      distro: textFlag(flags, 'distro'),
      provider: textFlag(flags, 'provider'),
      image: textFlag(flags, 'image'),
      checksum: textFlag(flags, 'checksum'),
      bucket: textFlag(flags, 'bucket'),
      region: textFlag(flags, 'region'),
    })
    const { renderImport } = await import('../report/image-text.js')
    return { text: renderImport(result), json: { ...result.image, ...result, image: undefined } }
  },
}
