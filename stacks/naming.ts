import { createHash } from 'node:crypto'
import { MAIN_MACHINE } from '../backend/machines.js'

/** 127.0.0.1 only: a local VM is never reachable from the network. */
export const LOCAL_ADDRESS = '127.0.0.1'

/** The name of a machine at its provider: always the same for the same lab of the same backend. */
export const machineId = (backendId: string, lab: string, machine: string): string =>
  `distrolab-${backendId}-${lab}-${machine}`

/** What a machine calls itself. */
export const hostnameOf = (lab: string, machine: string): string => (machine === MAIN_MACHINE ? lab : machine)

/**
 * Shortens a name to a provider's limit and keeps it unique: a hash of the whole name replaces the end.
 * `limit` is in characters, at least 16.
 */
export function fitName(name: string, limit: number): string {
  if (name.length <= limit) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${name.slice(0, limit - hash.length - 1).replace(/-+$/, '')}-${hash}`
}

/** Who owns something: one life of one lab of one backend. */
export interface LabIdentity {
  readonly backendId: string
  readonly lab: string
  /** Undefined: the lab was made before incarnations existed. */
  readonly incarnation: string | undefined
}

/**
 * The marks on everything that a lab consists of. By them it is found without a record, and distinguished
 * from things that only have its name.
 */
export function labTags({ backendId, lab, incarnation }: LabIdentity): Record<string, string> {
  const marks = { 'distrolab-lab': lab, 'distrolab-backend': backendId }
  return incarnation === undefined ? marks : { ...marks, 'distrolab-incarnation': incarnation }
}

/** Whether a tag with this key is one of ours. Azure ignores the case of keys. */
export const isOurKey = (key: string): boolean => key.toLowerCase().startsWith('distrolab-')

/** The tags of a record that the user chose. */
export const userTags = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !isOurKey(key)))

/** The same for an imported image. */
export function imageTags(backendId: string, distro: string, architecture: string): Record<string, string> {
  return { 'distrolab-image': `${distro}-${architecture}`, 'distrolab-backend': backendId }
}

/** The name of an imported image at its provider, before the provider's own rules. */
export const imageId = (backendId: string, distro: string, architecture: string): string =>
  `distrolab-${backendId}-${distro}-${architecture}`

/** Whether these tags include all of these marks. */
export const hasMarks = (
  tags: Readonly<Record<string, string>> | undefined,
  marks: Readonly<Record<string, string>>,
): boolean => Object.entries(marks).every(([name, value]) => tags?.[name] === value)

/** The common start of all names of a lab at its provider. */
export const labId = (backendId: string, lab: string): string => `distrolab-${backendId}-${lab}`

/** A locally administered MAC address in QEMU's own range (52:54:00). */
export function macAddress(id: string): string {
  const [a, b, c] = createHash('sha256').update(id).digest()
  return ['52', '54', '00', ...[a, b, c].map((byte) => (byte ?? 0).toString(16).padStart(2, '0'))].join(':')
}

const FIRST_PORT = 20_000
const PORTS = 12_000
export const SSH_PORTS = { first: FIRST_PORT, last: FIRST_PORT + PORTS - 1 } as const

/** Whether it can be one of a machine's `sshPortCandidates`. */
export const isSshPort = (port: number | null): boolean =>
  port !== null && port >= SSH_PORTS.first && port <= SSH_PORTS.last

/**
 * Ports for a machine's forwarded SSH, best first. They are derived from the machine's name, below the range
 * that Linux uses for outgoing connections (32768 and up), so the same machine asks for the same port again.
 */
export function* sshPortCandidates(id: string): Generator<number> {
  const start = createHash('sha256').update(`port ${id}`).digest().readUInt32BE(0)
  for (let offset = 0; offset < PORTS; offset++) yield FIRST_PORT + ((start + offset) % PORTS)
}

/**
 * The private network of a local lab. Its range is reserved for tests between networks (RFC 2544), so no route
 * of this computer leads there; and it is not the part in which some proxies invent addresses (198.18.0.0/16).
 */
const PRIVATE_NETWORK = '198.19.77'
const FIRST_HOST = 11
const LAST_HOST = 250
export const PRIVATE_PREFIX = 24
export const PRIVATE_ADDRESSES = {
  first: `${PRIVATE_NETWORK}.${FIRST_HOST}`,
  last: `${PRIVATE_NETWORK}.${LAST_HOST}`,
} as const

/** `index`: the machine's place in its lab, from 0. */
export const privateAddressAt = (index: number): string => `${PRIVATE_NETWORK}.${FIRST_HOST + index}`

export function isPrivateAddress(address: string): boolean {
  const host = Number(/^198\.19\.77\.([1-9]\d{1,2})$/.exec(address)?.[1])
  return host >= FIRST_HOST && host <= LAST_HOST
}

/** The MAC address of a machine's card in the private network. */
export const privateMacAddress = (id: string): string => macAddress(`${id} private`)
