import { Type, type Static } from '@sinclair/typebox'
import { gibibytes, isSpot, userProfileSchema } from '../distro-catalog/user-profile-schema.js'

const text = (description: string) => Type.String({ minLength: 1, description })

/** How OpenTofu encrypts what it keeps of a lab. Of a passphrase the configuration has the place only. */
const encryptionSchema = Type.Object(
  {
    passphraseEnv: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z_][A-Za-z0-9_]*$',
        description: 'the name of an environment variable that holds the passphrase',
      }),
    ),
    awsKms: Type.Optional(
      Type.Object(
        { key: text('ARN, id or alias of a KMS key'), region: text('the region of the key') },
        { additionalProperties: false, description: '{key, region} of a KMS key' },
      ),
    ),
    gcpKms: Type.Optional(
      Type.Object(
        { key: text('projects/P/locations/L/keyRings/R/cryptoKeys/K') },
        { additionalProperties: false, description: '{key} of a Cloud KMS key' },
      ),
    ),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    maxProperties: 1,
    description: 'one of passphraseEnv, awsKms or gcpKms',
  },
)

/** `distrolab.yaml` and the user's own `config.yaml`. A key here is a default for the flag of the same name. */
export const configSchema = Type.Object(
  {
    backend: Type.Optional(text('a backend URL, such as file:///srv/labs')),
    profile: Type.Optional(text('the profile used when none is named')),
    region: Type.Optional(text('auto, or a region of the provider')),
    regions: Type.Optional(
      Type.Array(text('a region'), { description: 'the only regions that auto may choose' }),
    ),
    zone: Type.Optional(text('a zone of the region, such as b or eu-west-1b')),
    arch: Type.Optional(text('x86_64 or arm64; local labs are as this computer is')),
    allowFrom: Type.Optional(text('auto, or networks that may reach SSH, such as 203.0.113.7/32')),
    addressUrl: Type.Optional(
      text('a page that answers with the address it is asked from, for allowFrom auto'),
    ),
    providerVersions: Type.Optional(
      Type.Record(Type.String({ pattern: '^(aws|azurerm|google)$' }), Type.String({ minLength: 1 }), {
        additionalProperties: false,
        description: "versions of OpenTofu's providers, as a mirror has them: {aws: 6.25.0}",
      }),
    ),
    size: Type.Optional(text('a size of the provider, such as lab')),
    instanceType: Type.Optional(text('an instance type, such as 4x8192')),
    disk: Type.Optional(gibibytes),
    spot: Type.Optional(isSpot),
    sshKey: Type.Optional(text('path of a private key, or of the public part of a key in the agent')),
    wait: Type.Optional(text('ready, ssh or none')),
    ttl: Type.Optional(text('how long a new lab lives, such as 4h or none')),
    onFailure: Type.Optional(text('keep or destroy: what becomes of a new lab whose up fails')),
    applyTimeout: Type.Optional(text('how long OpenTofu may work at machines, such as 20m')),
    waitLock: Type.Optional(text('how long to wait for the lease, such as 10m')),
    authorizedKeys: Type.Optional(
      Type.Array(text('a public key, a file of public keys, or github:NAME'), {
        description: 'a list of public keys, files of public keys, or github:NAME',
      }),
    ),
    githubUrl: Type.Optional(text('where github:NAME is looked up, such as https://github.example.com')),
    engineMirror: Type.Optional(text("URL of a copy of OpenTofu's releases on GitHub")),
    encryption: Type.Optional(encryptionSchema),
    catalog: Type.Optional(
      Type.Array(text('a folder of distro files'), { description: 'folders of distro files' }),
    ),
    profiles: Type.Optional(
      Type.Record(Type.String(), userProfileSchema, {
        description: 'name: {distro, provider, size?, instanceType?, arch?, region?, zone?, disk?, spot?}',
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
  /** What to do about it, where that is not said by what was expected. */
  readonly fix?: string
}
