import type { ChecksumSource } from '../protocol.js'

const DIGEST_LENGTH = { sha256: 64, sha512: 128 } as const

interface Entry {
  readonly file: string | undefined
  readonly digest: string
}

/**
 * Finds the digest of `file` in a published checksum file; undefined if there is none.
 *
 * `gnu`: lines `<hash>  <file>` or `<hash> *<file>` (coreutils); `bsd`: `SHA256 (<file>) = <hash>`, which
 * Fedora clear-signs with PGP and Rocky writes twice; `bare`: the hash alone (Alpine). A single digest in the
 * file counts whatever name it carries: Arch publishes the alias's digest under the dated name.
 */
export function findDigest(
  text: string,
  file: string,
  format: ChecksumSource['format'],
  algorithm: ChecksumSource['algorithm'],
): string | undefined {
  const entries = parseEntries(text, format, algorithm)
  const named = digestsOf(entries.filter((entry) => entry.file === file))
  if (named.length === 1) return named[0]
  const all = digestsOf(entries)
  const isAboutOneFile = new Set(entries.map((entry) => entry.file)).size === 1
  return named.length === 0 && isAboutOneFile && all.length === 1 ? all[0] : undefined
}

const digestsOf = (entries: readonly Entry[]): string[] => [...new Set(entries.map((entry) => entry.digest))]

function parseEntries(
  text: string,
  format: ChecksumSource['format'],
  algorithm: 'sha256' | 'sha512',
): Entry[] {
  const pattern = linePattern(format, DIGEST_LENGTH[algorithm], algorithm)
  return text.split(/\r?\n/).flatMap((line) => {
    const groups = pattern.exec(line.trim())?.groups
    const digest = groups?.['digest']
    if (digest === undefined) return []
    return [{ file: baseName(groups?.['file']), digest: digest.toLowerCase() }]
  })
}

function linePattern(format: ChecksumSource['format'], length: number, algorithm: string): RegExp {
  const digest = `(?<digest>[0-9a-fA-F]{${length}})`
  switch (format) {
    case 'gnu':
      return new RegExp(`^${digest}(?:\\s+\\*?(?<file>.+))?$`)
    case 'bsd':
      return new RegExp(`^${algorithm}\\s*\\((?<file>.+)\\)\\s*=\\s*${digest}$`, 'i')
    case 'bare':
      return new RegExp(`^${digest}$`)
  }
}

const baseName = (file: string | undefined): string | undefined => file?.slice(file.lastIndexOf('/') + 1)
