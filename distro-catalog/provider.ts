import { Type, type Static } from '@sinclair/typebox'
import { name, oneOf, text, whole } from './field.js'

/** Every provider that stacks/ can draw. A new one is a word here, a file in providers/ and a key in `Distro.providers`. */
export const providerNames = ['local'] as const
export type ProviderName = (typeof providerNames)[number]

const closed = { additionalProperties: false } as const

const sizeSchema = Type.Object(
  {
    vcpus: whole('virtual CPUs', 1, 1024),
    memoryMiB: whole('memory in MiB', 128, 16_777_216),
    diskGiB: whole('root disk in GiB', 1, 65_536),
  },
  closed,
)

const regionSchema = Type.Object(
  { name: name('the region’s name', 'local'), title: text('the name shown to people') },
  closed,
)

const boundsSchema = (unit: string, limit: number) =>
  Type.Object(
    {
      minimum: whole(`the least ${unit} accepted`, 1, limit),
      maximum: whole(`the most ${unit} accepted`, 1, limit),
    },
    closed,
  )

/** Instance types that are measures rather than names of a price list: `4x8192` = 4 vCPUs, 8192 MiB. */
const instanceTypeSchema = Type.Object(
  {
    pattern: oneOf(['<vcpus>x<memoryMiB>']),
    example: text('an instance type that fits the pattern'),
    vcpus: boundsSchema('vCPUs', 1024),
    memoryMiB: boundsSchema('MiB', 16_777_216),
  },
  closed,
)

/** A place that runs machines; the content of `providers/<name>.yaml`. */
export const providerSchema = Type.Object(
  {
    name: oneOf(providerNames),
    title: text('the name shown to people'),
    regions: Type.Array(regionSchema, { minItems: 1, description: 'at least one region' }),
    defaultSize: text('the name of one of the sizes'),
    sizes: Type.Record(Type.String(), sizeSchema, { minProperties: 1, description: 'at least one size' }),
    instanceType: instanceTypeSchema,
    pricePerHourUsd: Type.Number({
      minimum: 0,
      description: 'the price of one machine-hour in USD, 0 or more',
    }),
  },
  closed,
)

export type Provider = Static<typeof providerSchema>
