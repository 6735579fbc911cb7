import { Type, type Static, type TObject, type TProperties } from '@sinclair/typebox'
import { flag, oneOf, text, url, whole } from './field.js'

/** Who maintains an image; `byo` (bring your own) means that the user must name or import one. */
export const supportLevels = ['official', 'community', 'byo'] as const
export type SupportLevel = (typeof supportLevels)[number]

export const architectures = ['x86_64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

export const closed = { additionalProperties: false } as const

/** Formats: `gnu` = `<hash>  <file>` lines; `bsd` = `SHA256 (<file>) = <hash>` lines; `bare` = the hash alone. */
const checksumSchema = Type.Object(
  { url: url(), format: oneOf(['gnu', 'bsd', 'bare']), algorithm: oneOf(['sha256', 'sha512']) },
  closed,
)

/** The distribution's own cloud image: a partitioned qcow2 with cloud-init that reads a NoCloud seed. */
const vendorImageSchema = Type.Object(
  { url: url(), checksum: checksumSchema, firmware: oneOf(['uefi', 'bios']) },
  closed,
)

/** How to build an equivalent image if the vendor's host cannot be reached. */
const imageBuildSchema = Type.Object(
  {
    tool: oneOf(['mmdebstrap']),
    suite: text('the suite to install, such as trixie'),
    mirror: url(),
  },
  closed,
)

const localImageSchema = Type.Object(
  { vendor: Type.Optional(vendorImageSchema), build: Type.Optional(imageBuildSchema) },
  { ...closed, minProperties: 1, description: 'a vendor image, a build, or both' },
)

const secureBoot = flag('whether the machine may start with secure boot')

/**
 * Selects the newest of an account's public images whose name matches. No Marketplace copies: those need a
 * subscription.
 */
const awsImageSchema = Type.Object(
  {
    owner: Type.String({
      pattern: '^([0-9]{12}|self)$',
      description: 'the account that publishes the image: 12 digits in quotes, or self for an imported one',
      examples: ['099720109477'],
    }),
    name: text('the image’s name, with * for what changes from build to build'),
  },
  closed,
)

/** Selects the newest image of a family; without `project`, an image that the user imported. */
const googleImageSchema = Type.Object(
  {
    project: Type.Optional(text('the project that publishes the image')),
    family: text('the image family of this architecture'),
    secureBoot,
  },
  closed,
)

/** `plan`: formally bought, although free; its terms are accepted once for each subscription. */
const marketplaceSchema = Type.Object(
  {
    publisher: text('the Marketplace publisher'),
    offer: text('the Marketplace offer'),
    sku: text('the Marketplace SKU, of generation 2'),
    plan: flag('whether the image comes with a plan whose terms must be accepted'),
  },
  closed,
)

const azureImageSchema = Type.Object(
  {
    source: Type.Object(
      {
        marketplace: Type.Optional(marketplaceSchema),
        gallery: Type.Optional(
          Type.Object({ name: text('the community gallery'), image: text('the image in it') }, closed),
        ),
        imported: Type.Optional(
          Type.Object(
            { resourceGroup: text('the group of imported images'), name: text('the image') },
            closed,
          ),
        ),
      },
      {
        ...closed,
        minProperties: 1,
        maxProperties: 1,
        description: 'exactly one of marketplace, gallery, imported',
      },
    ),
    secureBoot,
  },
  closed,
)

const commonFields = {
  support: oneOf(supportLevels),
  user: Type.String({
    pattern: '^[a-z_][a-z0-9_-]{0,31}$',
    description: 'the login name that gets the SSH key',
    examples: ['debian'],
  }),
  shell: Type.Optional(
    Type.String({
      pattern: '^/',
      description: 'the login shell, where the image has no /bin/bash',
      examples: ['/bin/ash'],
    }),
  ),
  rootFilesystem: oneOf(['ext4', 'xfs', 'btrfs']),
  minimumDiskGiB: whole('the smallest disk that holds the image, in GiB', 1, 1024),
  unconfirmed: Type.Optional(
    Type.Array(text('a fact and why it is not certain'), {
      minItems: 1,
      description: 'facts of this entry that no source confirms',
    }),
  ),
}

const regionList = (description: string) => Type.Optional(Type.Array(text('a region'), { description }))

const cloudFields = {
  ...commonFields,
  cloudInit: flag('whether cloud-init is in the image and reads user data'),
  keyTypes: Type.Optional(
    Type.Array(oneOf(['rsa', 'ed25519']), {
      minItems: 1,
      description: 'the SSH key types the image accepts, where not all work',
    }),
  ),
  regions: regionList('the only regions that have the image'),
  exceptRegions: regionList('regions known not to have the image'),
  notes: Type.Optional(Type.Array(text('what users must know'), { description: 'what users must know' })),
}

const offer = <F extends TProperties, I extends TObject>(fields: F, image: I) =>
  Type.Object(
    {
      ...fields,
      architectures: Type.Object(
        { x86_64: Type.Optional(image), arm64: Type.Optional(image) },
        { ...closed, minProperties: 1, description: `at least one of ${architectures.join(', ')}` },
      ),
    },
    closed,
  )

/** One key for each provider that has an image of a distro. A new cloud is one more optional key. */
export const offersSchema = Type.Object(
  {
    aws: Type.Optional(offer(cloudFields, awsImageSchema)),
    azure: Type.Optional(offer(cloudFields, azureImageSchema)),
    google: Type.Optional(offer(cloudFields, googleImageSchema)),
    local: Type.Optional(offer(commonFields, localImageSchema)),
  },
  closed,
)

export type Offers = Required<Static<typeof offersSchema>>
export type LocalOffer = Offers['local']
export type CloudOffer = Offers['aws'] | Offers['azure'] | Offers['google']
export type VendorImage = Static<typeof vendorImageSchema>
export type ImageBuild = Static<typeof imageBuildSchema>
export type AwsImage = Static<typeof awsImageSchema>
export type GoogleImage = Static<typeof googleImageSchema>
export type AzureImage = Static<typeof azureImageSchema>
