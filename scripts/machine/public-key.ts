import { createHash } from 'node:crypto'
import type { ParsedKey } from 'ssh2'

/** Key types that sshd of every supported distro accepts; DSA keys are gone since OpenSSH 9.8. */
const TYPES: readonly string[] = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
]

/**
 * One line in authorized_keys form, without its comment: `<type> <base64>`; undefined for anything else,
 * including options before the type. (ssh2 does not support keys of security tokens, so this is done here.)
 */
export function parsePublicKey(line: string): string | undefined {
  const [type = '', data = ''] = line.trim().split(/\s+/)
  if (!TYPES.includes(type) || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return undefined
  // The blob begins with its own type as an SSH string (RFC 4253 §6.6).
  const blob = Buffer.from(data, 'base64')
  const length = blob.length < 4 ? 0 : blob.readUInt32BE(0)
  if (blob.subarray(4, 4 + length).toString('latin1') !== type || blob.length <= 4 + length) return undefined
  return `${type} ${data}`
}

export const publicLine = (key: ParsedKey): string => `${key.type} ${key.getPublicSSH().toString('base64')}`

export const withoutComment = (line: string): string => line.trim().split(/\s+/).slice(0, 2).join(' ')

/** As ssh-keygen(1) shows it: `SHA256:` and the digest of the key's blob, which is given in base64. */
export const fingerprint = (blob: string): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`

/** Bits of an RSA key's modulus; undefined for any other key. `publicKey`: as from `parsePublicKey`. */
export function rsaBits(publicKey: string): number | undefined {
  const [type, data = ''] = publicKey.split(' ')
  if (type !== 'ssh-rsa') return undefined
  const blob = Buffer.from(data, 'base64')
  // type, exponent, modulus, each with its length before it; a leading zero keeps a number positive (RFC 4251 §5).
  let at = 0
  for (let skipped = 0; skipped < 2; skipped++) at += 4 + blob.readUInt32BE(at)
  const modulus = blob.subarray(at + 4, at + 4 + blob.readUInt32BE(at))
  return modulus.length === 0 ? 0 : BigInt(`0x${modulus.toString('hex')}`).toString(2).length
}

/** The lines of a file of keys that are not blank or comments. */
export const keyLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

export const isPrivateKey = (text: string): boolean => /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)
