/** What sshd of every supported distro takes; DSA keys are gone since OpenSSH 9.8. */
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
 * One line in authorized_keys form, without its comment: `<type> <base64>`; undefined for anything else, options before
 * the type included. (ssh2 knows no keys of security tokens, so this is done here.)
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

/** The lines of a file of keys that say something. */
export const keyLines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

export const isPrivateKey = (text: string): boolean => /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)
