import { generateKeyPairSync, randomBytes } from 'node:crypto'

export interface HostKey {
  /** In OpenSSH's own format (PROTOCOL.key in its sources). */
  readonly private: string
  /** `ssh-ed25519 <base64>` */
  readonly public: string
}

const TYPE = 'ssh-ed25519'
const LINE = 70
const CIPHER_BLOCK = 8

/** Made here, so that it is known before the machine is first contacted. */
export function makeHostKey(): HostKey {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const seed = Buffer.from(d ?? '', 'base64url')
  const point = Buffer.from(x ?? '', 'base64url')
  const blob = Buffer.concat([text(TYPE), text(point)])
  const check = randomBytes(4)
  const secret = [check, check, text(TYPE), text(point), text(Buffer.concat([seed, point])), text('')]
  const file = [
    Buffer.from('openssh-key-v1\0'),
    ...[text('none'), text('none'), text('')],
    number(1),
    text(blob),
    text(padded(Buffer.concat(secret))),
  ]
  const base64 = Buffer.concat(file).toString('base64')
  const lines = base64.match(new RegExp(`.{1,${LINE}}`, 'g')) ?? []
  const [begin, end] = ['BEGIN', 'END'].map((word) => `-----${word} OPENSSH PRIVATE KEY-----`)
  return { private: [begin, ...lines, end, ''].join('\n'), public: `${TYPE} ${blob.toString('base64')}` }
}

/** With 1, 2, 3, … up to a whole block. */
function padded(bytes: Buffer): Buffer {
  const missing = (CIPHER_BLOCK - (bytes.length % CIPHER_BLOCK)) % CIPHER_BLOCK
  return Buffer.concat([bytes, Buffer.from(Array.from({ length: missing }, (_, index) => index + 1))])
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** As a string of RFC 4251: its length, then its bytes. */
function text(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([number(bytes.length), bytes])
}
