import { createHash } from 'node:crypto'

/** The name of one machine at its provider: the same for the same lab of the same backend, whoever asks. */
export const machineId = (backendId: string, lab: string, machine: string): string =>
  `distrolab-${backendId}-${lab}-${machine}`

/**
 * A name cut to what a provider allows, still one of its own: what does not fit is replaced by a hash of the whole.
 * `limit` is in characters, at least 16.
 */
export function fitName(name: string, limit: number): string {
  if (name.length <= limit) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${name.slice(0, limit - hash.length - 1).replace(/-+$/, '')}-${hash}`
}

/** Whose something is: one life of one lab of one backend. */
export interface LabIdentity {
  readonly backendId: string
  readonly lab: string
  /** Undefined: the lab was made before there were any. */
  readonly incarnation: string | undefined
}

/** Marks on everything a lab is made of: it can be found without any record, and told from what only has its name. */
export function labTags({ backendId, lab, incarnation }: LabIdentity): Record<string, string> {
  const marks = { 'distrolab-lab': lab, 'distrolab-backend': backendId }
  return incarnation === undefined ? marks : { ...marks, 'distrolab-incarnation': incarnation }
}

/** Whether a tag of this key is one of ours. Azure takes keys that differ in their case for the same. */
export const isOurKey = (key: string): boolean => key.toLowerCase().startsWith('distrolab-')

/** Of the tags of a record: those that the user chose. */
export const userTags = (tags: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter(([key]) => !isOurKey(key)))

/** The same for an image that was brought to a provider. */
export function imageTags(backendId: string, distro: string, architecture: string): Record<string, string> {
  return { 'distrolab-image': `${distro}-${architecture}`, 'distrolab-backend': backendId }
}

/** The name of such an image at its provider, before the provider's own rules. */
export const imageId = (backendId: string, distro: string, architecture: string): string =>
  `distrolab-${backendId}-${distro}-${architecture}`

/** Whether a thing with these tags has all of these marks, whatever else it has. */
export const hasMarks = (
  tags: Readonly<Record<string, string>> | undefined,
  marks: Readonly<Record<string, string>>,
): boolean => Object.entries(marks).every(([name, value]) => tags?.[name] === value)

/** The common start of the names of everything in a lab at its provider. */
export const labId = (backendId: string, lab: string): string => `distrolab-${backendId}-${lab}`

/** A locally administered MAC address in QEMU's own range (52:54:00). */
export function macAddress(id: string): string {
  const [a, b, c] = createHash('sha256').update(id).digest()
  return ['52', '54', '00', ...[a, b, c].map((byte) => (byte ?? 0).toString(16).padStart(2, '0'))].join(':')
}

const FIRST_PORT = 20_000
const PORTS = 12_000
export const SSH_PORTS = { first: FIRST_PORT, last: FIRST_PORT + PORTS - 1 } as const

/** Whether it may be one of a machine's `sshPortCandidates`. */
export const isSshPort = (port: number | null): boolean =>
  port !== null && port >= SSH_PORTS.first && port <= SSH_PORTS.last

/**
 * Ports for a machine's forwarded SSH, best first: spread by the machine's name below the range that Linux
 * hands out to outgoing connections (32768 and up), so that the same machine asks for the same port again.
 */
export function* sshPortCandidates(id: string): Generator<number> {
  const start = createHash('sha256').update(`port ${id}`).digest().readUInt32BE(0)
  for (let offset = 0; offset < PORTS; offset++) yield FIRST_PORT + ((start + offset) % PORTS)
}
