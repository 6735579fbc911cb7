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
/**
 * Linux has no pid above 2^22 (proc_sys_kernel(5), pid_max); 0 would mean a whole process group to kill(2).
 */
const pid = whole(1, 4_194_304)
/** 48 random bits: short enough for names at every provider. */
export const randomId = text('randomId')
const stateSchema = Type.Unsafe<State>(Type.String({ enum: [...states] }))

/**
 * The running engine process: another command must wait for it or interrupt it, and never run a second one.
 */
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

/** A person or CI run, on any computer: shown to people, and compared. */
export const person = { user: text('line'), host: text('line') }

/** Who holds a lease, or ran a command; `boot` and `startTime` as in ProcessIdentity. */
export const holderSchema = Type.Object({
  ...person,
  pid,
  startTime: text('startTime'),
  boot: text('boot'),
  ciRunUrl: Type.Optional(text('webUrl')),
})

const fixtureSchema = Type.Object({
  set: text('fixtureSet'),
  at: text('fixturePlace'),
  seed: whole(1, 2_147_483_646),
  machine: Type.Optional(text('machine')),
})
export type Fixture = Static<typeof fixtureSchema>

/** 0: unknown, for a machine that no lab has made. */
const sizeSchema = Type.Object({
  instanceType: text('instanceType'),
  vcpus: whole(0, 1024),
  memoryMiB: whole(0, 16_777_216),
  diskGiB: number(65_536),
})

const imageSchema = Type.Object({
  /** The provider's own id, which pins a running machine to the image it was made from. */
  id: text('imageId'),
  kind: Type.Optional(text('word')),
  source: Type.Optional(text('line')),
})

/** `at`: an existing network, and the subnet that `up` chose in it when it made the lab. */
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
  /** In the lab's own network, where machines of the same lab reach it. Missing or null: none is known. */
  privateAddress: Type.Optional(nullable(text('address'))),
  /** `<type> <base64>`, pinned at first contact. */
  hostKey: nullable(text('hostKey')),
  /** The name of the file that a reset must remove; null or missing: it could not be written. */
  marker: Type.Optional(nullable(text('marker'))),
  /** The folder of a machine on the owner's own computer; absolute. */
  place: Type.Optional(text('path')),
  /** The next three are missing in records of before, whose lab says it for all of them. */
  distro: Type.Optional(text('distro')),
  size: Type.Optional(sizeSchema),
  /** null before it is pinned. */
  image: Type.Optional(nullable(imageSchema)),
})

const sshKeySchema = Type.Object({
  publicKey: text('publicKey'),
  source: Type.Union([Type.Literal('generated'), Type.Literal('file'), Type.Literal('agent')]),
  path: Type.Optional(text('path')),
})

/** A team member's key, with the configuration entry that named it. */
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
  /**
   * In the form of `computerId`; identifies a local lab's computer, because host names repeat. Missing in
   * older records.
   */
  computer: Type.Optional(text('computer')),
})

/** What a command decides; the LabWriter keeps everything else in a record. */
const decidedFields = {
  /**
   * A random id of this life of the lab, chosen before anything is made, and a mark on all of it. Missing in
   * older records.
   */
  incarnation: Type.Optional(randomId),
  profile: text('line'),
  provider: text('provider'),
  region: text('region'),
  /**
   * The account that the machines belong to: AWS's account, Google's project, Azure's subscription. Missing
   * for local labs and in older records.
   */
  account: Type.Optional(text('account')),
  /** Missing if the provider chose it, or has none. */
  zone: Type.Optional(text('zone')),
  /** Missing means no. Spot machines are cheaper, and the provider takes them away when it needs them. */
  spot: Type.Optional(Type.Boolean()),
  /** Missing if none was named: the account's default network; on Azure, a network for the lab. */
  network: Type.Optional(networkSchema),
  /** This, the size and the image are those of the main machine: each machine has its own. */
  distro: text('distro'),
  size: sizeSchema,
  image: nullable(imageSchema),
  machines: Type.Array(machineSchema, { maxItems: 64, description: 'at most 64 machines' }),
  sshKey: sshKeySchema,
  /**
   * The team's keys that every machine also accepts. They are recorded so that a machine that is made again
   * gets the same keys.
   */
  authorizedKeys: Type.Optional(
    Type.Array(authorizedKeySchema, { maxItems: 1000, description: 'at most 1000 keys' }),
  ),
  /** The test files that every machine, or one, has in its baseline. */
  fixtures: Type.Optional(Type.Array(fixtureSchema, { maxItems: 100, description: 'at most 100 sets' })),
  /** Which of several machines may log in on which others. Missing if that was not decided: nothing is done about names and keys. */
  mesh: Type.Optional(text('mesh')),
  /** What was done to the machines once, as a digest: the content is the user's. `profile`: where it is from, if not from a file. */
  setup: Type.Optional(Type.Object({ digest: text('digest'), profile: Type.Optional(text('line')) })),
  /** The networks that may reach SSH, in CIDR form. Missing if nothing is opened, as for local machines. */
  allowFrom: Type.Optional(
    Type.Array(text('network'), { maxItems: 256, description: 'at most 256 networks' }),
  ),
  tags,
  owner: ownerSchema,
  /** The session that made the lab, for `cleanup --session`. Missing in older records. */
  session: Type.Optional(nullable(text('line'))),
  /** By the store's clock; null: it lives until someone removes it. */
  expiresAt: nullable(time),
  /** List price of all machines together when the lab was made. */
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
  /** The running command. */
  command: nullable(Type.Object({ name: text('word'), startedAt: time, holder: holderSchema })),
  step: nullable(Type.Object({ name: text('word'), startedAt: time })),
  /** The steps of the running command, or else of the last one; `ms` by the holder's monotonic clock. */
  steps: Type.Array(Type.Object({ name: text('word'), ms: number(MOST_MS), outcome: stepOutcome }), {
    maxItems: 256,
    description: 'at most 256 steps',
  }),
  failure: failureSchema,
  /** The fencing number of the lease under which this was written. */
  fence: count,
  /** Events so far, this one's number included. */
  eventCount: count,
  /** Written here first, then as its own object, so that a crash in between loses no history. */
  lastEvent: nullable(eventSchema),
  /** A random id of this write: no two bodies are alike, so a store may compare bodies. */
  revision: text('revision'),
}

export const recordSchema = Type.Object({ state: stateSchema, ...keptFields, ...decidedFields })

const decidedSchema = Type.Object(decidedFields)

/** As it is stored, perhaps by a version before machines had a distro, size and image of their own. */
export type StoredRecord = Static<typeof recordSchema>
type StoredMachine = Static<typeof machineSchema>
/** What one machine is made of. */
export interface MachineMake {
  readonly distro: string
  readonly size: Static<typeof sizeSchema>
  readonly image: Static<typeof imageSchema> | null
}
export type Machine = StoredMachine & MachineMake
type WithMachines<T> = Omit<T, 'machines'> & { machines: Machine[] }
/** As it is read: `withOwnMakes` has filled what was missing. */
export type LabRecord = WithMachines<StoredRecord>
/** Everything in a record but its state. */
export type LabFacts = Omit<LabRecord, 'state'>
export type Decided = WithMachines<Static<typeof decidedSchema>>
export type AuthorizedKey = Static<typeof authorizedKeySchema>
export type LabEvent = Static<typeof eventSchema>
export type Holder = Static<typeof holderSchema>
export type StepOutcome = Static<typeof stepOutcome>
