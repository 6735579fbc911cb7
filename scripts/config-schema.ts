import { Type, type Static } from '@sinclair/typebox'
import { text, word } from '../distro-catalog/setting-schema.js'
import {
  gibibytes,
  instanceType,
  isSpot,
  network,
  region,
  size,
} from '../distro-catalog/profile-fields-schema.js'
import { userProfileSchema } from '../distro-catalog/user-profile-schema.js'
import { ARCHITECTURES, DEFAULTS, ON_FAILURES, WAITS } from './choices.js'
import { encryptionSchema } from './encryption-schema.js'
import { declaredLabs } from './declared-labs-schema.js'
import * as words from './config-words.js'

const providerVersions = Type.Record(
  Type.String({ pattern: '^(aws|azurerm|google)$' }),
  Type.String({ minLength: 1 }),
  { additionalProperties: false, ...words.providerVersions },
)

const fixtureSets = Type.Record(
  Type.String({ pattern: '^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$' }),
  text(words.fixtureSetFile),
  { additionalProperties: false, ...words.fixtureSets },
)

/**
 * `distrolab.yaml` and the user's own `config.yaml`. A key here is a default for the flag of the same name.
 */
export const configSchema = Type.Object(
  {
    backend: Type.Optional(text(words.backend)),
    profile: Type.Optional(text(words.profile)),
    region: Type.Optional(region),
    regions: Type.Optional(Type.Array(text(words.oneRegion), words.regions)),
    zone: Type.Optional(text(words.zone)),
    arch: Type.Optional(word(ARCHITECTURES, words.arch)),
    network: Type.Optional(network),
    tags: Type.Optional(
      Type.Record(Type.String(), Type.String({ expected: words.tags.expected }), words.tags),
    ),
    allowFrom: Type.Optional(text(words.allowFrom)),
    addressUrl: Type.Optional(text(words.addressUrl)),
    providerVersions: Type.Optional(providerVersions),
    size: Type.Optional(size),
    instanceType: Type.Optional(instanceType),
    disk: Type.Optional(gibibytes),
    spot: Type.Optional(isSpot),
    sshKey: Type.Optional(text(words.sshKey)),
    sshConfig: Type.Optional(Type.Boolean(words.sshConfig)),
    wait: Type.Optional(word(WAITS, { ...words.wait, default: DEFAULTS.wait })),
    ttl: Type.Optional(text({ ...words.ttl, default: DEFAULTS.ttl })),
    onFailure: Type.Optional(word(ON_FAILURES, { ...words.onFailure, default: DEFAULTS.onFailure })),
    applyTimeout: Type.Optional(text(words.applyTimeout)),
    waitLock: Type.Optional(text({ ...words.waitLock, default: DEFAULTS.waitLock })),
    waitTimeout: Type.Optional(text({ ...words.waitTimeout, default: DEFAULTS.waitTimeout })),
    authorizedKeys: Type.Optional(Type.Array(text(words.authorizedKey), words.authorizedKeys)),
    githubUrl: Type.Optional(text({ ...words.githubUrl, default: DEFAULTS.githubUrl })),
    engineMirror: Type.Optional(text(words.engineMirror)),
    encryption: Type.Optional(encryptionSchema),
    catalog: Type.Optional(Type.Array(text(words.catalogFolder), words.catalog)),
    fixtureSets: Type.Optional(fixtureSets),
    profiles: Type.Optional(Type.Record(Type.String(), userProfileSchema, words.profiles)),
    labs: Type.Optional(declaredLabs),
  },
  { additionalProperties: false },
)

export type ConfigFile = Static<typeof configSchema>

/** One problem in a configuration file, ready to show. */
export interface ConfigProblem {
  readonly file: string
  readonly field: string
  readonly expected: string
  readonly got: string
  /** What to do about it, if the expected value does not say so. */
  readonly fix?: string
}
