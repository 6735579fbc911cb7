import { Type, type Static } from '@sinclair/typebox'
import { oneOf } from './field.js'
import { architectures } from './offer-schema.js'

export const gibibytes = Type.Integer({
  ...{ minimum: 1, maximum: 65_536 },
  description: "a machine's root disk in GiB, such as 40",
})
export const isSpot = Type.Boolean({
  description: 'true or false: cheaper, and taken away when the cloud needs it',
})

/** A named profile as users write it in `distrolab.yaml`. */
export const userProfileSchema = Type.Object(
  {
    distro: Type.String({ minLength: 1, description: 'a distro, such as debian or debian-13' }),
    provider: Type.String({ minLength: 1, description: 'a provider, such as local' }),
    size: Type.Optional(Type.String({ minLength: 1, description: 'a size of the provider, such as lab' })),
    instanceType: Type.Optional(
      Type.String({ minLength: 1, description: 'an instance type, such as 4x8192' }),
    ),
    arch: Type.Optional(oneOf(architectures)),
    region: Type.Optional(Type.String({ minLength: 1, description: 'auto, or a region of the provider' })),
    zone: Type.Optional(Type.String({ minLength: 1, description: 'a zone of the region, such as b' })),
    disk: Type.Optional(gibibytes),
    spot: Type.Optional(isSpot),
  },
  { additionalProperties: false },
)
export type UserProfile = Static<typeof userProfileSchema>
