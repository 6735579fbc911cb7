import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { states, type State } from './lab-state.js'

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' })
/** 48 random bits: short enough to be part of names at every provider. */
export const randomId = Type.String({ pattern: '^[0-9a-f]{12}$' })
const name = Type.String({ minLength: 1 })
const count = Type.Integer({ minimum: 0 })
const stateSchema = Type.Unsafe<State>(Type.String({ enum: [...states] }))

/** The engine process under way: another command must wait for it or interrupt it, never double it. */
export const engineSchema = nullable(
  Type.Object({ pid: count, startTime: Type.String(), boot: Type.String(), host: name, startedAt: time }),
)

export const failureSchema = nullable(
  Type.Object({ step: nullable(name), code: name, message: Type.String() }),
)

/** Who holds a lease, or ran a command; `boot` and `startTime` as in ProcessIdentity. */
export const holderSchema = Type.Object({
  user: name,
  host: name,
  pid: count,
  startTime: Type.String(),
  boot: Type.String(),
  ciRunUrl: Type.Optional(Type.String()),
})

const sizeSchema = Type.Object({
  instanceType: name,
  vcpus: Type.Integer({ minimum: 1 }),
  memoryMiB: Type.Integer({ minimum: 1 }),
  diskGiB: Type.Number({ exclusiveMinimum: 0 }),
})

const imageSchema = Type.Object({
  /** The provider's own id: what pins a running machine to the image it was made from. */
  id: name,
  kind: Type.Optional(name),
  source: Type.Optional(Type.String()),
})

const machineSchema = Type.Object({
  name,
  /** The deterministic name of the resource at the provider. */
  id: name,
  address: nullable(Type.String()),
  port: nullable(Type.Integer({ minimum: 1, maximum: 65535 })),
  user: name,
  /** `<type> <base64>`, pinned at first contact. */
  hostKey: nullable(Type.String()),
  /** The file that a reset must take away, by its name; null or missing: none could be written. */
  marker: Type.Optional(nullable(name)),
  /** Where a machine that lives on the owner's own computer keeps its files: an absolute folder. */
  place: Type.Optional(name),
})

/** Only ever the public part: the pattern keeps everything else out of the truth. */
const publicKeyLine = Type.String({ pattern: '^(ssh|ecdsa|sk)-[^\\s]+ [A-Za-z0-9+/=]+( [^\\r\\n]*)?$' })

const sshKeySchema = Type.Object({
  publicKey: publicKeyLine,
  source: Type.Union([Type.Literal('generated'), Type.Literal('file'), Type.Literal('agent')]),
  path: Type.Optional(Type.String()),
})

/** A key of somebody in the team, with the entry of the configuration that named it. */
const authorizedKeySchema = Type.Object({ publicKey: publicKeyLine, from: name })

export const eventSchema = Type.Object({
  /** `<time>-<n>`: sorts in causal order. */
  id: Type.String({ pattern: '^\\d{8}T\\d{9}Z-\\d{6}$' }),
  at: time,
  lab: name,
  kind: Type.Union([Type.Literal('transition'), Type.Literal('note')]),
  /** null: the lab did not exist. */
  from: nullable(stateSchema),
  to: stateSchema,
  command: name,
  step: nullable(name),
  holder: Type.Pick(holderSchema, ['user', 'host', 'pid']),
  fence: count,
  message: Type.Optional(Type.String()),
})

export const ownerSchema = Type.Object({
  user: name,
  host: name,
  /** As `computerId` gives it: what a local lab is found by, as names of hosts repeat. Missing in records of before. */
  computer: Type.Optional(Type.String({ pattern: '^[0-9a-f]{16}$' })),
})

/** What a command decides; everything else in a record is kept by the LabWriter. */
const decidedFields = {
  /** A random id of this one life of the lab, decided before anything is made and a mark on all of it. Missing in records of before. */
  incarnation: Type.Optional(randomId),
  profile: name,
  provider: name,
  region: name,
  /** Whose machines they are: AWS's account, Google's project, Azure's subscription. Missing where nobody's, or before. */
  account: Type.Optional(name),
  /** Missing where the provider chose it, or has none. */
  zone: Type.Optional(name),
  /** Missing: no. Cheaper, and taken away when the provider needs it. */
  spot: Type.Optional(Type.Boolean()),
  distro: name,
  size: sizeSchema,
  image: nullable(imageSchema),
  machines: Type.Array(machineSchema),
  sshKey: sshKeySchema,
  /** The team's keys that every machine takes besides: recorded, so that whoever makes it again makes the same. */
  authorizedKeys: Type.Optional(Type.Array(authorizedKeySchema)),
  /** The networks that reach SSH, in CIDR form. Missing where nothing is opened: local machines. */
  allowFrom: Type.Optional(Type.Array(name)),
  tags: Type.Record(Type.String(), Type.String()),
  owner: ownerSchema,
  /** What `cleanup --session` goes by: the session that made the lab. Missing in records of before. */
  session: Type.Optional(nullable(name)),
  /** By the store's clock; null: it lives until somebody removes it. */
  expiresAt: nullable(time),
  /** List price of all machines together, at the time the lab was made. */
  costPerHourUsd: Type.Number({ minimum: 0 }),
  engine: engineSchema,
}

const stepOutcome = Type.Union([Type.Literal('done'), Type.Literal('failed'), Type.Literal('skipped')])

const keptFields = {
  lab: name,
  createdAt: time,
  updatedAt: time,
  stateSince: time,
  /** The command under way. */
  command: nullable(Type.Object({ name, startedAt: time, holder: holderSchema })),
  step: nullable(Type.Object({ name, startedAt: time })),
  /** The steps of the command under way, or else of the last one; `ms` by the holder's monotonic clock. */
  steps: Type.Array(Type.Object({ name, ms: Type.Number({ minimum: 0 }), outcome: stepOutcome })),
  failure: failureSchema,
  /** The fencing number of the lease under which this was written. */
  fence: count,
  /** Events so far, this one's number included. */
  eventCount: count,
  /** Written here first, then as an object of its own: a crash in between loses no history. */
  lastEvent: nullable(eventSchema),
  /** A random id of this very write: no two bodies are alike, so a store may compare bodies. */
  revision: name,
}

export const recordSchema = Type.Object({ state: stateSchema, ...keptFields, ...decidedFields })

const decidedSchema = Type.Object(decidedFields)

export type LabRecord = Static<typeof recordSchema>
/** Everything in a record but its state. */
export type LabFacts = Omit<LabRecord, 'state'>
export type Decided = Static<typeof decidedSchema>
export type Machine = Static<typeof machineSchema>
export type AuthorizedKey = Static<typeof authorizedKeySchema>
export type LabEvent = Static<typeof eventSchema>
export type Holder = Static<typeof holderSchema>
export type StepOutcome = Static<typeof stepOutcome>
