import { Type, type Static } from '@sinclair/typebox'
import { date, name, oneOf, text, url, whole } from './field.js'

/** How well an image is looked after; `byo` (bring your own) means that the user must name or import one. */
export const supportLevels = ['official', 'community', 'byo'] as const
export type SupportLevel = (typeof supportLevels)[number]

export const architectures = ['x86_64', 'arm64'] as const
export type Architecture = (typeof architectures)[number]

const closed = { additionalProperties: false } as const

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

/** How to build an equivalent image where the vendor's host can't be reached. */
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

const localOfferSchema = Type.Object(
  {
    support: oneOf(supportLevels),
    user: Type.String({
      pattern: '^[a-z_][a-z0-9_-]{0,31}$',
      description: 'the login name that cloud-init gives the SSH key to',
      examples: ['debian'],
    }),
    rootFilesystem: oneOf(['ext4', 'xfs', 'btrfs']),
    minimumDiskGiB: whole('the smallest disk that holds the image, in GiB', 1, 1024),
    architectures: Type.Object(
      { x86_64: Type.Optional(localImageSchema), arm64: Type.Optional(localImageSchema) },
      { ...closed, minProperties: 1, description: `at least one of ${architectures.join(', ')}` },
    ),
  },
  closed,
)

/** One key per provider that has an image of this distro. A cloud is added as one more optional key. */
const offersSchema = Type.Object({ local: Type.Optional(localOfferSchema) }, closed)

/** One release of one distribution; the content of `distros/<name>.yaml`. */
export const distroSchema = Type.Object(
  {
    name: name('the release’s name, equal to the file’s name', 'debian-13'),
    family: name('the distribution’s bare name', 'debian'),
    title: text('the name shown to people'),
    version: text('the version in quotes, or rolling'),
    codename: Type.Optional(text('the codename')),
    released: Type.Optional(date('the day of the release')),
    endOfLife: Type.Optional(date('the last day with free security updates (LTS included)')),
    providers: offersSchema,
    unavailable: Type.Optional(
      Type.Record(Type.String(), text('why this provider has no image'), {
        description: 'provider: reason, for providers that have no image',
      }),
    ),
    sources: Type.Array(text('where these facts were found'), {
      minItems: 1,
      description: 'at least one source of these facts',
    }),
  },
  closed,
)

export type Distro = Static<typeof distroSchema>
export type Offers = Required<Distro['providers']>
export type LocalOffer = Static<typeof localOfferSchema>
export type VendorImage = Static<typeof vendorImageSchema>
export type ImageBuild = Static<typeof imageBuildSchema>
