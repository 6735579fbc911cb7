import { type Static, type TObject, Type } from '@sinclair/typebox'
import { TIME } from './machine/expiry.js'

/** What the driver is asked and what it answers: schemas and static types from one definition. */

const closed = { additionalProperties: false }
const AbsolutePath = Type.String({ pattern: '^/', description: 'an absolute path' })
const Url = Type.String({ pattern: '^https?://', description: 'an http(s) URL' })
const MachineId = Type.String({
  pattern: '^distrolab-[a-z0-9][a-z0-9-]{0,80}$',
  description: 'distrolab-<name>',
})
const ImageId = Type.String({
  pattern: '^sha(256|512):[0-9a-f]+$',
  description: 'sha256:<hex> or sha512:<hex>',
})
const Time = Type.String({
  pattern: TIME.source,
  description: 'an ISO 8601 time in UTC',
})
const MacAddress = Type.String({
  pattern: '^([0-9a-f]{2}:){5}[0-9a-f]{2}$',
  description: 'a lower-case MAC address',
})
const Name = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,62}$', description: 'a lower-case name' })

export const ChecksumSource = Type.Object(
  {
    url: Url,
    format: Type.Union([Type.Literal('gnu'), Type.Literal('bsd'), Type.Literal('bare')]),
    algorithm: Type.Union([Type.Literal('sha256'), Type.Literal('sha512')]),
  },
  closed,
)
export type ChecksumSource = Static<typeof ChecksumSource>

export const VendorImage = Type.Object(
  {
    url: Url,
    /** Where its digest is published, or the digest itself if the user knows it. */
    checksum: Type.Optional(ChecksumSource),
    digest: Type.Optional(ImageId),
    firmware: Type.Union([Type.Literal('uefi'), Type.Literal('bios')]),
  },
  { ...closed, anyOf: [{ required: ['checksum'] }, { required: ['digest'] }] },
)
export type VendorImage = Static<typeof VendorImage>

export const ImageBuild = Type.Object({ tool: Type.Literal('mmdebstrap'), suite: Name, mirror: Url }, closed)
export type ImageBuild = Static<typeof ImageBuild>

export const ImageSource = Type.Object(
  {
    distro: Name,
    architecture: Type.Union([Type.Literal('x86_64'), Type.Literal('aarch64')]),
    vendor: Type.Optional(VendorImage),
    build: Type.Optional(ImageBuild),
  },
  { ...closed, anyOf: [{ required: ['vendor'] }, { required: ['build'] }] },
)
export type ImageSource = Static<typeof ImageSource>
export type Architecture = ImageSource['architecture']

export const ImageRequest = Type.Object(
  {
    cache: AbsolutePath,
    image: ImageSource,
    pinned: Type.Optional(ImageId),
    maxAgeHours: Type.Optional(Type.Number({ minimum: 0 })),
  },
  closed,
)
export type ImageRequest = Static<typeof ImageRequest>

const Seed = Type.Object(
  { metaData: Type.String(), userData: Type.String(), networkConfig: Type.String() },
  closed,
)
export type Seed = Static<typeof Seed>

const Address = Type.String({ pattern: '^[0-9]{1,3}([.][0-9]{1,3}){3}$', description: 'an IPv4 address' })
const InstanceId = Type.String({ pattern: '^[a-z0-9][a-z0-9.-]{0,126}$', description: 'a lower-case name' })

/** What stands for a machine's own names in a warm image, and is replaced in each clone. */
export const WarmNames = Type.Object(
  {
    instanceId: InstanceId,
    hostname: Name,
    /** A clone keeps it: no other machine can see this card. */
    macAddress: MacAddress,
    privateMacAddress: MacAddress,
    privateAddress: Address,
  },
  closed,
)
export type WarmNames = Static<typeof WarmNames>

/** Lets a machine be a clone of a warm image, if there is one. */
export const WarmWish = Type.Object(
  {
    /** With these names, and without a key. Machines with the same one can be clones of the same image. */
    seed: Seed,
    names: WarmNames,
    instanceId: InstanceId,
    user: Type.String({ pattern: '^[a-z_][a-z0-9_-]{0,31}$', description: "a user's name" }),
    authorizedKeys: Type.Array(Type.String({ pattern: '^[^\\x00-\\x1f\\x7f]+$', description: 'one line' })),
    privateAddress: Type.Optional(
      Type.String({ pattern: '^[0-9]{1,3}([.][0-9]{1,3}){3}$', description: 'an IPv4 address' }),
    ),
  },
  closed,
)
export type WarmWish = Static<typeof WarmWish>

export const MachineSpec = Type.Object(
  {
    id: MachineId,
    directory: AbsolutePath,
    cache: AbsolutePath,
    image: ImageSource,
    imageId: Type.Union([ImageId, Type.Null()]),
    hostname: Name,
    vcpus: Type.Integer({ minimum: 1, maximum: 256 }),
    memoryMiB: Type.Integer({ minimum: 128 }),
    diskGiB: Type.Integer({ minimum: 1, maximum: 65536 }),
    sshPort: Type.Integer({ minimum: 1, maximum: 65535 }),
    macAddress: MacAddress,
    seed: Seed,
    /** Absent: the machine boots. */
    warm: Type.Optional(WarmWish),
    /** A second card, in the lab's private network. Absent: the lab has only this machine. */
    network: Type.Optional(Type.Object({ macAddress: MacAddress }, closed)),
    /** The machine powers itself off at this time. Null: never; absent: unchanged. */
    expiresAt: Type.Optional(Type.Union([Time, Type.Null()])),
  },
  closed,
)
export type MachineSpec = Static<typeof MachineSpec>

/** `isPatient`: it yields to everything else on this computer. */
export const WarmRequest = Type.Object(
  {
    cache: AbsolutePath,
    image: ImageSource,
    imageId: Type.Union([ImageId, Type.Null()]),
    vcpus: Type.Integer({ minimum: 1, maximum: 256 }),
    memoryMiB: Type.Integer({ minimum: 128 }),
    diskGiB: Type.Integer({ minimum: 1, maximum: 65536 }),
    seed: Seed,
    names: WarmNames,
    hasNetwork: Type.Boolean(),
    isPatient: Type.Boolean(),
  },
  closed,
)
export type WarmRequest = Static<typeof WarmRequest>

/** What is needed to find, stop or remove a machine; any other field of a MachineSpec is ignored. */
export const MachineKey = Type.Object({ id: MachineId, directory: AbsolutePath })
export type MachineKey = Static<typeof MachineKey>

export const ExpiryRequest = Type.Object({
  id: MachineId,
  directory: AbsolutePath,
  expiresAt: Type.Union([Time, Type.Null()]),
})
export type ExpiryRequest = Static<typeof ExpiryRequest>

export const BaselineRequest = Type.Object({
  id: MachineId,
  directory: AbsolutePath,
  /** How long the guest may take to finish what it is doing; absent: take the baseline immediately. */
  restWithinMs: Type.Optional(Type.Integer({ minimum: 0 })),
})
export type BaselineRequest = Static<typeof BaselineRequest>

export const ConsoleRequest = Type.Object({
  directory: AbsolutePath,
  lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 10000 })),
})
export type ConsoleRequest = Static<typeof ConsoleRequest>

export const PublishedRequest = Type.Object({ vendor: VendorImage }, closed)
export type PublishedRequest = Static<typeof PublishedRequest>

export const VERBS = {
  image: ImageRequest,
  /** What the vendor publishes now; downloads only the checksum file. */
  published: PublishedRequest,
  create: MachineSpec,
  start: MachineSpec,
  stop: MachineKey,
  status: MachineKey,
  destroy: MachineKey,
  /** Takes the baseline of a running machine, unless it has one. */
  baseline: BaselineRequest,
  /**
   * Goes back to the baseline in a new QEMU process; the machine runs afterwards. Its clock is behind by the
   * age of the baseline.
   */
  reset: MachineSpec,
  /** Moves the time at which the machine powers itself off. */
  extend: ExpiryRequest,
  console: ConsoleRequest,
  /** Makes the warm image that machines like this one are cloned from, unless it exists. */
  warm: WarmRequest,
} as const satisfies Record<string, TObject>
export type Verb = keyof typeof VERBS
export type InputOf<V extends Verb> = Static<(typeof VERBS)[V]>

export type Phase =
  | 'resolve'
  | 'download'
  | 'verify'
  | 'build'
  | 'convert'
  | 'disk'
  | 'start'
  | 'stop'
  | 'baseline'
  | 'reset'
  | 'remove'
  | 'wait'
  | 'warm'
/** How the image boots; `kernel` means that QEMU gets the kernel and initrd directly. */
export type Firmware = 'uefi' | 'bios' | 'kernel'
export type Accelerator = 'kvm' | 'hvf' | 'tcg'
export type Presence = 'absent' | 'partial' | 'stopped' | 'running'

export interface ImageResult {
  readonly id: string
  readonly kind: 'vendor' | 'built'
  /** The URL, or for built images the mirror and suite. */
  readonly source: string
  readonly firmware: Firmware
  readonly directory: string
  readonly bytes: number
  /** True if this call downloaded or built nothing. */
  readonly cached: boolean
  /** Why the vendor's image was not used. */
  readonly fallbackReason?: string | undefined
  /** True if a cached image had changed since it was stored, and was thrown away. */
  readonly replaced?: boolean | undefined
}

export interface PublishedResult {
  readonly id: string
  /** The size of the download; absent if the server does not tell. */
  readonly bytes?: number | undefined
  /** ISO 8601; absent if the server does not tell. */
  readonly modifiedAt?: string | undefined
}

export interface MachineResult {
  readonly id: string
  readonly pid: number
  readonly startTime: string
  readonly port: number
  readonly accelerator: Accelerator
  readonly directory: string
}

export interface StatusResult {
  readonly id: string
  readonly presence: Presence
  readonly pid?: number | undefined
  readonly startTime?: string | undefined
  readonly port?: number | undefined
  /** When the machine must be off; absent if it has no expiry, or its own file no longer says. */
  readonly expiresAt?: string | undefined
  /** Whether the process that enforces the expiry works; start, reset, extend, … start a missing one. */
  readonly watchdog?: 'armed' | 'missing' | undefined
  /** The last message of the guest's kernel, if it has halted. */
  readonly panic?: string | undefined
}

export interface WarmResult {
  readonly key: string
  /** On disk. */
  readonly bytes: number
}

export interface ResultOf {
  readonly image: { readonly image: ImageResult }
  readonly published: { readonly published: PublishedResult }
  readonly create: {
    readonly machine: MachineResult
    readonly image?: ImageResult | undefined
    readonly reused: boolean
  }
  readonly start: { readonly machine: MachineResult; readonly reused: boolean }
  readonly stop: { readonly machine: StatusResult }
  readonly status: { readonly machine: StatusResult }
  readonly destroy: { readonly removed: readonly string[] }
  /** `taken: false`: a baseline already existed, and was kept. */
  readonly baseline: { readonly machine: StatusResult; readonly taken: boolean }
  readonly reset: { readonly machine: MachineResult }
  readonly extend: { readonly machine: StatusResult }
  readonly console: { readonly lines: readonly string[] }
  /** `isNew: false`: it already existed. */
  readonly warm: { readonly warm: WarmResult; readonly isNew: boolean }
}

export interface DriverProgress {
  readonly type: 'progress'
  readonly phase: Phase
  readonly message: string
  readonly done?: number | undefined
  readonly total?: number | undefined
}
