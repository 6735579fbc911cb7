import { Type, type Static, type TSchema } from '@sinclair/typebox'
import { forms, type FormName } from './forms.js'
import { states, type State } from './lab-state.js'

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const text = (form: FormName) => Type.String({ ...forms[form] })
export const time = text('time')
export const whole = (minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, description: `a whole number from ${minimum} to ${maximum}` })
const number = (maximum: number) =>
  Type.Number({ minimum: 0, maximum, description: `a number from 0 to ${maximum}` })
const count = whole(0, Number.MAX_SAFE_INTEGER)
/** Linux gives none above 2^22 (proc_sys_kernel(5), pid_max); 0 would mean a whole process group to kill(2). */
const pid = whole(1, 4_194_304)
/** 48 random bits: short enough to be part of names at every provider. */
export const randomId = text('randomId')
const stateSchema = Type.Unsafe<State>(Type.String({ enum: [...states] }))

/** The engine process under way: another command must wait for it or interrupt it, never double it. */
export const engineSchema = nullable(
  Type.Object({
    pid,
    startTime: text('startTime'),
    boot: text('boot'),
    host: text('line'),
    startedAt: time,
  }),
)

export const failureSchema = nullable(
  Type.Object({ step: nullable(text('word')), code: text('word'), message: text('text') }),
)

/** Whoever it is, on whichever computer: shown to people, and compared. */
export const person = { user: text('line'), host: text('line') }

/** Who holds a lease, or ran a command; `boot` and `startTime` as in ProcessIdentity. */
export const holderSchema = Type.Object({
  ...person,
  pid,
  startTime: text('startTime'),
  boot: text('boot'),
  ciRunUrl: Type.Optional(text('webUrl')),
})

const sizeSchema = Type.Object({
  instanceType: text('instanceType'),
  vcpus: whole(1, 1024),
  memoryMiB: whole(1, 16_777_216),
  diskGiB: Type.Number({
    exclusiveMinimum: 0,
    maximum: 65_536,
    description: 'a number above 0, at most 65536',
  }),
})

const imageSchema = Type.Object({
  /** The provider's own id: what pins a running machine to the image it was made from. */
  id: text('imageId'),
  kind: Type.Optional(text('word')),
  source: Type.Optional(text('line')),
})

/** `at`: an existing network, and the subnet that was chosen in it when the lab was made. */
const networkSchema = Type.Object({
  given: text('networkName'),
  at: Type.Optional(Type.Object({ id: text('networkId'), subnet: text('networkId') })),
})

const machineSchema = Type.Object({
  name: text('machine'),
  /** The deterministic name of the resource at the provider. */
  id: text('machineId'),
  address: nullable(text('address')),
  port: nullable(whole(1, 65_535)),
  user: text('login'),
  /** `<type> <base64>`, pinned at first contact. */
  hostKey: nullable(text('hostKey')),
  /** The file that a reset must take away, by its name; null or missing: none could be written. */
  marker: Type.Optional(nullable(text('marker'))),
  /** Where a machine that lives on the owner's own computer keeps its files: an absolute folder. */
  place: Type.Optional(text('path')),
})

const sshKeySchema = Type.Object({
  publicKey: text('publicKey'),
  source: Type.Union([Type.Literal('generated'), Type.Literal('file'), Type.Literal('agent')]),
  path: Type.Optional(text('path')),
})

/** A key of somebody in the team, with the entry of the configuration that named it. */
const authorizedKeySchema = Type.Object({ publicKey: text('publicKey'), from: text('line') })

export const eventSchema = Type.Object({
  /** `<time>-<n>`: sorts in causal order. */
  id: Type.String({ pattern: '^[0-9]{8}T[0-9]{9}Z-[0-9]{6,16}$', description: 'a time and a number' }),
  at: time,
  lab: text('lab'),
  kind: Type.Union([Type.Literal('transition'), Type.Literal('note')]),
  /** null: the lab did not exist. */
  from: nullable(stateSchema),
  to: stateSchema,
  command: text('word'),
  step: nullable(text('word')),
  holder: Type.Pick(holderSchema, ['user', 'host', 'pid']),
  fence: count,
  message: Type.Optional(text('text')),
})

/** AWS and Google allow about 60 of them, Azure 50. */
export const tags = Type.Record(Type.String({ ...forms.tagKey }), text('tagValue'), {
  additionalProperties: false,
  maxProperties: 64,
  description: `at most 64 tags, each with ${forms.tagKey.description}`,
})

export const ownerSchema = Type.Object({
  ...person,
  /** As `computerId` gives it: what a local lab is found by, as names of hosts repeat. Missing in records of before. */
  computer: Type.Optional(text('computer')),
})

/** What a command decides; everything else in a record is kept by the LabWriter. */
const decidedFields = {
  /** A random id of this one life of the lab, decided before anything is made and a mark on all of it. Missing in records of before. */
  incarnation: Type.Optional(randomId),
  profile: text('line'),
  provider: text('provider'),
  region: text('region'),
  /** Whose machines they are: AWS's account, Google's project, Azure's subscription. Missing where nobody's, or before. */
  account: Type.Optional(text('account')),
  /** Missing where the provider chose it, or has none. */
  zone: Type.Optional(text('zone')),
  /** Missing: no. Cheaper, and taken away when the provider needs it. */
  spot: Type.Optional(Type.Boolean()),
  /** Missing where none was named: the account's default one; on Azure one of the lab's own. */
  network: Type.Optional(networkSchema),
  distro: text('distro'),
  size: sizeSchema,
  image: nullable(imageSchema),
  machines: Type.Array(machineSchema, { maxItems: 64, description: 'at most 64 machines' }),
  sshKey: sshKeySchema,
  /** The team's keys that every machine takes besides: recorded, so that whoever makes it again makes the same. */
  authorizedKeys: Type.Optional(
    Type.Array(authorizedKeySchema, { maxItems: 1000, description: 'at most 1000 keys' }),
  ),
  /** The networks that reach SSH, in CIDR form. Missing where nothing is opened: local machines. */
  allowFrom: Type.Optional(
    Type.Array(text('network'), { maxItems: 256, description: 'at most 256 networks' }),
  ),
  tags,
  owner: ownerSchema,
  /** What `cleanup --session` goes by: the session that made the lab. Missing in records of before. */
  session: Type.Optional(nullable(text('line'))),
  /** By the store's clock; null: it lives until somebody removes it. */
  expiresAt: nullable(time),
  /** List price of all machines together, at the time the lab was made. */
  costPerHourUsd: number(1_000_000),
  engine: engineSchema,
}

/** A year of them. */
const MOST_MS = 31_622_400_000

const stepOutcome = Type.Union([Type.Literal('done'), Type.Literal('failed'), Type.Literal('skipped')])

const keptFields = {
  lab: text('lab'),
  createdAt: time,
  updatedAt: time,
  stateSince: time,
  /** The command under way. */
  command: nullable(Type.Object({ name: text('word'), startedAt: time, holder: holderSchema })),
  step: nullable(Type.Object({ name: text('word'), startedAt: time })),
  /** The steps of the command under way, or else of the last one; `ms` by the holder's monotonic clock. */
  steps: Type.Array(Type.Object({ name: text('word'), ms: number(MOST_MS), outcome: stepOutcome }), {
    maxItems: 256,
    description: 'at most 256 steps',
  }),
  failure: failureSchema,
  /** The fencing number of the lease under which this was written. */
  fence: count,
  /** Events so far, this one's number included. */
  eventCount: count,
  /** Written here first, then as an object of its own: a crash in between loses no history. */
  lastEvent: nullable(eventSchema),
  /** A random id of this very write: no two bodies are alike, so a store may compare bodies. */
  revision: text('revision'),
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
