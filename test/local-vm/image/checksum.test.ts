import { describe, expect, test } from '@jest/globals'
import { findDigest } from '../../../local-vm/image/checksum.js'

const A = 'a'.repeat(64)
const B = 'b'.repeat(64)
const LONG = 'c'.repeat(128)

describe('a published checksum file', () => {
  test('of GNU shape names the digest of each file, binary marker or not', () => {
    const text = `${B} *other.img\n${A} *disk.img\n`
    expect(findDigest(text, 'disk.img', 'gnu', 'sha256')).toBe(A)
    expect(findDigest(`${A}  disk.img\n${B}  other.img`, 'disk.img', 'gnu', 'sha256')).toBe(A)
  })

  test('with SHA-512 digests is read as such and not as SHA-256', () => {
    expect(findDigest(`${LONG}  disk.qcow2\n`, 'disk.qcow2', 'gnu', 'sha512')).toBe(LONG)
    expect(findDigest(`${LONG}  disk.qcow2\n`, 'disk.qcow2', 'gnu', 'sha256')).toBeUndefined()
  })

  test('of BSD shape may be clear-signed and hold comments', () => {
    const text = [
      '-----BEGIN PGP SIGNED MESSAGE-----',
      'Hash: SHA256',
      '',
      '# disk.qcow2: 556859392 bytes',
      `SHA256 (disk.qcow2) = ${A}`,
      `SHA256 (other.qcow2) = ${B}`,
      '-----BEGIN PGP SIGNATURE-----',
      'iQIzBAEBCAAdFiEE',
    ].join('\n')
    expect(findDigest(text, 'disk.qcow2', 'bsd', 'sha256')).toBe(A)
  })

  test('may say the same line twice', () => {
    const line = `SHA256 (disk.qcow2) = ${A}\n`
    expect(findDigest(line + line, 'disk.qcow2', 'bsd', 'sha256')).toBe(A)
  })

  test('that says two digests of one file decides nothing', () => {
    expect(findDigest(`${A}  d.img\n${B}  d.img\n`, 'd.img', 'gnu', 'sha256')).toBeUndefined()
  })

  test('of one line counts whatever name it carries', () => {
    expect(findDigest(`${A}  Arch-Linux-20260715.qcow2\n`, 'Arch-Linux.qcow2', 'gnu', 'sha256')).toBe(A)
  })

  test('of several files that does not name ours is of no use', () => {
    expect(findDigest(`${A}  a.img\n${B}  b.img\n`, 'c.img', 'gnu', 'sha256')).toBeUndefined()
  })

  test('may be the hash alone, in capitals too', () => {
    expect(findDigest(`${'A'.repeat(64)}\r\n`, 'disk.img', 'bare', 'sha256')).toBe(A)
  })

  test('that is an error page holds nothing', () => {
    expect(findDigest('<html>Not here</html>', 'disk.img', 'gnu', 'sha256')).toBeUndefined()
  })
})
