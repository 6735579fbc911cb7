import { Type, type Static } from '@sinclair/typebox'

/** A named profile as users write it in `distrolab.yaml`. */
export const userProfileSchema = Type.Object(
  {
    distro: Type.String({ minLength: 1, description: 'a distro, such as debian or debian-13' }),
    provider: Type.String({ minLength: 1, description: 'a provider, such as local' }),
    size: Type.Optional(Type.String({ minLength: 1, description: 'a size of the provider, such as lab' })),
    instanceType: Type.Optional(
      Type.String({ minLength: 1, description: 'an instance type, such as 4x8192' }),
    ),
  },
  { additionalProperties: false },
)
export type UserProfile = Static<typeof userProfileSchema>
