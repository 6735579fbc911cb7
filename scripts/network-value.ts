import { isIP } from 'node:net'
import { fits } from '../backend/forms.js'

export interface ParsedNetwork {
  /** In the only form that RFC 5952 gives IPv6 addresses, without the bits beyond its length. */
  readonly network: string
  /** False: the given address has bits beyond the network's length, so another network may be meant. */
  readonly isWhole: boolean
}

/** A network in CIDR form; undefined for anything else, including an address with a zone (`fe80::1%eth0`). */
export function parseNetwork(given: string): ParsedNetwork | undefined {
  if (!fits('network', given)) return undefined
  const [address = '', length = ''] = given.split('/')
  const family = isIP(address)
  const bits = family === 4 ? 32n : 128n
  const number = family === 4 ? numberOfV4(address) : numberOfV6(address)
  const beyond = bits - BigInt(length)
  const base = (number >> beyond) << beyond
  return {
    network: `${family === 4 ? v4Of(base) : v6Of(base)}/${length}`,
    isWhole: base === number,
  }
}

const numberOfV4 = (address: string): bigint =>
  BigInt(`0x${Buffer.from(address.split('.').map(Number)).toString('hex')}`)

const v4Of = (number: bigint): string =>
  [...Buffer.from(number.toString(16).padStart(8, '0'), 'hex')].join('.')

/** URLs have IPv6 addresses in a single form, in which the eight groups are easy to find. */
const shortened = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1)

function numberOfV6(address: string): bigint {
  const [before = '', after] = shortened(address).split('::')
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [first, last] = [groupsOf(before), groupsOf(after ?? '')]
  const missing = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return BigInt(`0x${[...first, ...missing, ...last].map((group) => group.padStart(4, '0')).join('')}`)
}

function v6Of(number: bigint): string {
  const hex = number.toString(16).padStart(32, '0')
  return shortened(hex.match(/.{4}/g)?.join(':') ?? '')
}
