import { Type, type Static } from '@sinclair/typebox'
import { fixtures } from './fixture-schema.js'
import * as fields from './profile-fields-schema.js'
import { profileMachines } from './profile-machine-schema.js'
import { setup } from './setup-schema.js'

/** A named profile as users write it in `distrolab.yaml`. */
export const userProfileSchema = Type.Object(
  {
    distro: fields.distro,
    provider: fields.provider,
    size: Type.Optional(fields.size),
    instanceType: Type.Optional(fields.instanceType),
    arch: Type.Optional(fields.arch),
    region: Type.Optional(fields.region),
    zone: Type.Optional(fields.zone),
    network: Type.Optional(fields.network),
    disk: Type.Optional(fields.gibibytes),
    spot: Type.Optional(fields.isSpot),
    machines: Type.Optional(profileMachines),
    mesh: Type.Optional(fields.mesh),
    setup: Type.Optional(setup),
    fixtures: Type.Optional(fixtures),
  },
  {
    additionalProperties: false,
    title: 'A profile',
    description: 'What a lab of this profile consists of.',
  },
)
export type UserProfile = Static<typeof userProfileSchema>
