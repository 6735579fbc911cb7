import { Type, type Static } from '@sinclair/typebox'
import { date, name, oneOf, text, url } from './field.js'
import { closed } from './offer-schema.js'
import { cloudNames } from './provider-names.js'

/** Coordinates of the region's city or metropolitan area: good enough to see what is near. */
const regionSchema = Type.Object(
  {
    name: name('the region’s name', 'eu-central-1'),
    title: text('the name shown to people'),
    place: Type.Optional(text('where it is')),
    latitude: Type.Number({
      minimum: -90,
      maximum: 90,
      description: 'degrees north of the equator, -90 to 90',
    }),
    longitude: Type.Number({
      minimum: -180,
      maximum: 180,
      description: 'degrees east of Greenwich, -180 to 180',
    }),
    probe: Type.Optional(url()),
    restricted: Type.Optional(
      text('why not every account can use it; such a region is never chosen automatically'),
    ),
    zones: Type.Optional(
      Type.Array(text('the name of a zone'), { minItems: 1, description: 'zone names, the first preferred' }),
    ),
    usdPerHour: Type.Optional(
      Type.Record(Type.String(), Type.Number({ exclusiveMinimum: 0, description: 'USD per hour, above 0' }), {
        description: 'instance type: list price per hour in USD',
      }),
    ),
  },
  closed,
)

/** Where a cloud has regions; the content of `regions/<provider>.yaml`. */
export const regionsSchema = Type.Object(
  {
    provider: oneOf(cloudNames),
    prices: Type.Object(
      {
        asOf: date('the date of the list prices'),
        note: text('what the prices are and how sure they are'),
      },
      closed,
    ),
    unconfirmed: Type.Optional(
      Type.Array(text('a fact and why it is not certain'), {
        minItems: 1,
        description: 'facts of this file that no source confirms',
      }),
    ),
    attribution: Type.Array(text('an origin of this data, and its licence'), {
      minItems: 1,
      description: 'the origins of this data, with their licences',
    }),
    regions: Type.Array(regionSchema, { minItems: 1, description: 'at least one region' }),
  },
  closed,
)

export type Region = Static<typeof regionSchema>
export type Regions = Static<typeof regionsSchema>
