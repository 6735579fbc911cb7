import { Type, type Static } from '@sinclair/typebox'
import { userProfileSchema } from '../distro-catalog/user-profile-schema.js'

const text = (description: string) => Type.String({ minLength: 1, description })

/** `distrolab.yaml` and the user's own `config.yaml`. A key here is a default for the flag of the same name. */
export const configSchema = Type.Object(
  {
    backend: Type.Optional(text('a backend URL, such as file:///srv/labs')),
    profile: Type.Optional(text('the profile used when none is named')),
    region: Type.Optional(text('auto, or a region of the provider')),
    regions: Type.Optional(
      Type.Array(text('a region'), { description: 'the only regions that auto may choose' }),
    ),
    arch: Type.Optional(text('x86_64 or arm64; local labs are as this computer is')),
    allowFrom: Type.Optional(text('networks that may reach SSH, such as 203.0.113.7/32')),
    size: Type.Optional(text('a size of the provider, such as lab')),
    instanceType: Type.Optional(text('an instance type, such as 4x8192')),
    sshKey: Type.Optional(text('path of a private key, or of the public part of a key in the agent')),
    wait: Type.Optional(text('ready, ssh or none')),
    waitLock: Type.Optional(text('how long to wait for the lease, such as 10m')),
    catalog: Type.Optional(
      Type.Array(text('a folder of distro files'), { description: 'folders of distro files' }),
    ),
    profiles: Type.Optional(
      Type.Record(Type.String(), userProfileSchema, {
        description: 'name: {distro, provider, size?, instanceType?}',
      }),
    ),
  },
  { additionalProperties: false },
)

export type ConfigFile = Static<typeof configSchema>

/** One thing wrong in a configuration file, ready to be shown as it is. */
export interface ConfigProblem {
  readonly file: string
  readonly field: string
  readonly expected: string
  readonly got: string
}
