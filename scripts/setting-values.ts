import { isIP } from 'node:net'
import { fits, forms } from '../backend/forms.js'
import { MOST_MACHINES } from '../distro-catalog/most-machines.js'
import { parseNetwork } from './network-value.js'

/** An invalid value of a setting; the caller says where it is from. */
export class Unfit {
  /** @param expected completes "expected …" */
  constructor(readonly expected: string) {}
}

/** Reads a setting's value. Flags, variables and the configuration use the same text form. */
export type ParseValue<T> = (given: string) => T | Unfit

/** Node's timers hold at most 2^31 ms, and fire immediately for more. */
const LONGEST_LIMIT = '24d'
const LONGEST = '365d'

export const asGiven: ParseValue<string> = (given) => given

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90m`, `2h30m`, `3d`, or `0`. In milliseconds. */
export const duration: ParseValue<number> = (given) => {
  const isDuration = given === '0' || /^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(given)
  const parts = [...given.matchAll(/([\d.]+)([a-z]+)/g)]
  const ms = parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS_MS[unit] ?? NaN), 0)
  return isDuration && Number.isFinite(ms) ? ms : new Unfit('a duration such as 90s, 10m, 2h30m or 0')
}

/** The longest duration of any setting. In milliseconds. */
const atMost = (longest: string): number => Number(duration(longest))

/** How long a command may wait; may be zero. */
export const wait: ParseValue<number> = (given) => {
  const ms = duration(given)
  if (!(ms instanceof Unfit) && ms <= atMost(LONGEST)) return ms
  return new Unfit(`a duration of at most ${LONGEST} such as 90s, 10m or 0`)
}

/** How long something may take; never zero. */
export const limit: ParseValue<number> = (given) => {
  const ms = duration(given)
  if (!(ms instanceof Unfit) && ms > 0 && ms <= atMost(LONGEST_LIMIT)) return ms
  return new Unfit(`a duration of at most ${LONGEST_LIMIT} such as 90s or 20m`)
}

/** A time to live; null never ends. */
export const timeToLive: ParseValue<number | null> = (given) => {
  if (given === 'none') return null
  const ms = duration(given)
  if (!(ms instanceof Unfit) && ms > 0 && ms <= atMost(LONGEST)) return ms
  return new Unfit(`a duration of at most ${LONGEST} such as 30m, 4h or 3d, or none`)
}

export const oneOf =
  <T extends string>(known: readonly T[]): ParseValue<T> =>
  (given) =>
    known.find((value) => value === given) ?? new Unfit(known.join(', '))

export const trueOrFalse: ParseValue<boolean> = (given) => {
  const value = oneOf(['true', 'false'])(given)
  return value instanceof Unfit ? value : value === 'true'
}

/** A switch; a variable may also use the usual words. */
export const onOrOff: ParseValue<boolean> = (given) => {
  const value = oneOf(['true', '1', 'false', '0'])(given)
  return value instanceof Unfit ? value : value === 'true' || value === '1'
}

export const fewTimes: ParseValue<number> = (given) =>
  /^\d{1,2}$/.test(given) ? Number(given) : new Unfit('a small number, such as 2')

/** Without a slash at its end. */
export const webUrl: ParseValue<string> = (given) =>
  URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)
    ? given.replace(/\/+$/, '')
    : new Unfit('a URL such as https://mirror.example.org')

const SIZES: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }

/** `64MiB`. In bytes. */
export const captureSize: ParseValue<number> = (given) => {
  const [, amount, unit = ''] = /^(\d{1,6})(KiB|MiB|GiB)$/.exec(given) ?? []
  const bytes = Number(amount) * (SIZES[unit] ?? NaN)
  return bytes > 0 ? bytes : new Unfit('a size such as 512KiB, 64MiB or 1GiB')
}

/** `40`, `40G` or `40GiB`. */
export const gibibytes: ParseValue<number> = (given) => {
  const [, digits] = /^(\d{1,5})(?:Gi?B?)?$/.exec(given) ?? []
  return Number(digits) > 0 ? Number(digits) : new Unfit('GiB such as 40')
}

/** `a, b` → both, each once. */
export const words: ParseValue<readonly string[]> = (given) => {
  const found = new Set(given.split(',').map((word) => word.trim()))
  found.delete('')
  return found.size > 0 ? [...found] : new Unfit('a list such as one,two')
}

/** A machine that `--machines` names. `distro`: undefined if the profile's. */
export interface NamedMachine {
  readonly name: string
  readonly distro?: string
}

const expectedMachines = `machines such as source,target or source:debian-13,target:rocky-9: at most ${MOST_MACHINES}, each once`

/** `source, target:rocky-9` */
export const machines: ParseValue<readonly NamedMachine[]> = (given) => {
  const found = given.split(',').map((word) => {
    const [name = '', distro, ...rest] = word.trim().split(':')
    const isWhole = fits('machine', name) && distro !== '' && rest.length === 0
    return isWhole ? { name, ...(distro === undefined ? {} : { distro }) } : undefined
  })
  const known = found.filter((machine) => machine !== undefined)
  const isOnceEach = new Set(known.map(({ name }) => name)).size === found.length
  return isOnceEach && found.length <= MOST_MACHINES ? known : new Unfit(expectedMachines)
}

/** `3` → m1, m2, m3. */
export const machineCount: ParseValue<readonly NamedMachine[]> = (given) => {
  const count = /^[1-9]\d?$/.test(given) ? Number(given) : 0
  if (count < 1 || count > MOST_MACHINES) return new Unfit(`a number of machines from 1 to ${MOST_MACHINES}`)
  return Array.from({ length: count }, (_, index) => ({ name: `m${index + 1}` }))
}

/** `full`, `none`, or `source->target,target->source`. */
export const mesh: ParseValue<string> = (given) => {
  const text = given.replaceAll(' ', '')
  return fits('mesh', text) ? text : new Unfit(forms.mesh.description)
}

/** Networks in CIDR form, or `auto`, each once. */
export const networks: ParseValue<readonly string[]> = (given) => {
  const found = words(given)
  if (found instanceof Unfit) return new Unfit(expectedNetworks)
  const parsed = new Set<string>()
  for (const each of found) {
    const value = each === 'auto' ? each : network(each)
    if (value instanceof Unfit) return value
    parsed.add(value)
  }
  return [...parsed]
}

const expectedNetworks = 'auto or networks such as 203.0.113.7/32'

/** Each cloud has its own rules for network names. */
const networkName: ParseValue<string> = (given) =>
  fits('networkName', given) ? given : new Unfit(`own, default, or ${forms.networkName.description}`)

/** `203.0.113.7` → `203.0.113.7/32`. */
const network: ParseValue<string> = (given) => {
  const found = parseNetwork(isIP(given) === 0 ? given : `${given}/${isIP(given) === 4 ? 32 : 128}`)
  if (found === undefined) return new Unfit(expectedNetworks)
  if (found.isWhole) return found.network
  return new Unfit(`${expectedNetworks}; the network of ${given} is ${found.network}`)
}

/** The required form of a configuration key that holds one text, if the schema accepts more than that. */
export const VALUES = {
  allowFrom: networks,
  network: networkName,
  addressUrl: webUrl,
  githubUrl: webUrl,
  engineMirror: webUrl,
  ttl: timeToLive,
  waitLock: wait,
  waitTimeout: limit,
  applyTimeout: limit,
} as const
