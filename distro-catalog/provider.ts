import { Type, type Static } from '@sinclair/typebox'
import { name, oneOf, text, whole } from './field.js'
import { architectures, closed } from './offer-schema.js'
import type { ExistingProvider } from './existing-provider.js'
import { cloudNames, computerNames } from './provider-names.js'

const shape = {
  vcpus: whole('virtual CPUs', 1, 1024),
  memoryMiB: whole('memory in MiB', 128, 16_777_216),
}
const diskGiB = whole('root disk in GiB', 1, 65_536)

const boundsSchema = (unit: string, limit: number) =>
  Type.Object(
    {
      minimum: whole(`the least ${unit} accepted`, 1, limit),
      maximum: whole(`the most ${unit} accepted`, 1, limit),
    },
    closed,
  )

/** Instance types that are measures instead of names in a price list: `4x8192` = 4 vCPUs, 8192 MiB. */
const measuredTypeSchema = Type.Object(
  {
    pattern: oneOf(['<vcpus>x<memoryMiB>']),
    example: text('an instance type that fits the pattern'),
    vcpus: boundsSchema('vCPUs', 1024),
    memoryMiB: boundsSchema('MiB', 16_777_216),
  },
  closed,
)

const unconfirmed = Type.Optional(
  Type.Array(text('a fact and why it is not certain'), {
    minItems: 1,
    description: 'facts of this file that no source confirms',
  }),
)

/** The user's own computer; the content of `providers/local.yaml`. */
export const localProviderSchema = Type.Object(
  {
    name: oneOf(computerNames),
    title: text('the name shown to people'),
    regions: Type.Array(
      Type.Object(
        { name: name('the region’s name', computerNames[0]), title: text('the name shown to people') },
        closed,
      ),
      {
        minItems: 1,
        description: 'at least one region',
      },
    ),
    defaultSize: text('the name of one of the sizes'),
    sizes: Type.Record(Type.String(), Type.Object({ ...shape, diskGiB }, closed), {
      minProperties: 1,
      description: 'at least one size',
    }),
    instanceType: measuredTypeSchema,
    pricePerHourUsd: Type.Number({
      minimum: 0,
      description: 'the price of one machine-hour in USD, 0 or more',
    }),
  },
  closed,
)

/**
 * A type of the provider's price list. Its list price in a region is `factor` times that of `like`, the type
 * whose prices the regions file has; without `like` the price is unknown.
 */
const namedTypeSchema = Type.Object(
  {
    architecture: oneOf(architectures),
    ...shape,
    price: Type.Optional(
      Type.Object(
        {
          like: text('the instance type whose price the regions give'),
          factor: Type.Number({ exclusiveMinimum: 0, description: 'how many times that price, above 0' }),
        },
        closed,
      ),
    ),
    diskType: Type.Optional(text('the only disk type that this instance type accepts')),
    secureBoot: Type.Optional(Type.Literal(false, { description: 'false where secure boot is not offered' })),
    regions: Type.Optional(Type.Array(text('a region'), { description: 'the only regions that have it' })),
  },
  closed,
)

/** The SSH key types that a cloud accepts; absent: all. */
const sshKeysSchema = Type.Object(
  {
    types: Type.Array(text('a type of key, such as ssh-ed25519'), {
      minItems: 1,
      description: 'at least one type of key',
    }),
    minimumRsaBits: Type.Optional(whole('the least bits of an RSA key', 1024, 16_384)),
    goFor: oneOf(['own', 'all']),
  },
  {
    ...closed,
    description: "own: for the lab's own key, the team's reach the machine another way; all: for every key",
  },
)

/** A cloud; the content of `providers/<name>.yaml`. Its regions are in another file. */
export const cloudProviderSchema = Type.Object(
  {
    name: oneOf(cloudNames),
    title: text('the name shown to people'),
    defaultSize: text('the name of one of the sizes'),
    sizes: Type.Record(
      Type.String(),
      Type.Object(
        {
          types: Type.Object(
            {
              x86_64: text('an instance type of this architecture'),
              arm64: text('an instance type of this architecture'),
            },
            closed,
          ),
          diskGiB,
        },
        closed,
      ),
      { minProperties: 1, description: 'at least one size' },
    ),
    instanceTypes: Type.Record(Type.String(), namedTypeSchema, {
      minProperties: 1,
      description: 'at least one instance type',
    }),
    sshKeys: Type.Optional(sshKeysSchema),
    unconfirmed,
    sources: Type.Array(text('where these facts were found'), {
      minItems: 1,
      description: 'at least one source',
    }),
  },
  closed,
)

export type LocalProvider = Static<typeof localProviderSchema>
export type CloudProvider = Static<typeof cloudProviderSchema>
/** Its machines are made from images, in sizes. */
export type OfferingProvider = LocalProvider | CloudProvider
/** A place that runs machines; `name` tells them apart. */
export type Provider = OfferingProvider | ExistingProvider
export type InstanceType = Static<typeof namedTypeSchema>
