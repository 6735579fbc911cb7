import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import tls from 'node:tls'
import { systemErrorOf } from '../backend/system-error.js'
import { ensureFolder, putFile } from './workspace.js'

/** A file of certificates that a variable names. */
export interface AuthorityFile {
  readonly name: string
  readonly path: string
}

/** Where Node reads the user's authorities itself, when it starts. */
const OF_NODE = 'NODE_EXTRA_CA_CERTS'
/** Where Go, and so OpenTofu and its providers, reads them instead of the system's. */
const OF_GO = 'SSL_CERT_FILE'
/** Where Go finds the system's authorities (its crypto/x509/root_linux.go). */
const SYSTEM = [
  ...['/etc/ssl/certs/ca-certificates.crt', '/etc/pki/tls/certs/ca-bundle.crt', '/etc/ssl/ca-bundle.pem'],
  ...['/etc/pki/tls/cacert.pem', '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', '/etc/ssl/cert.pem'],
]

/**
 * Makes this process trust the authorities of `files` in addition to its own, whichever library connects.
 * Node has no other way before 22.19. Returns what cannot be read, one line each.
 */
export function trustAuthorities(files: readonly AuthorityFile[]): readonly string[] {
  const known = files.find(({ name }) => name === OF_NODE)?.path
  const others = files.filter(({ path }) => path !== known)
  const read = [...new Map(others.map((file) => [file.path, file])).values()].map(readAuthorities)
  const pem = read.flatMap((file) => file.pem ?? []).join('\n')
  const { createSecureContext } = tls
  if (pem !== '')
    tls.createSecureContext = (options) => {
      const made = createSecureContext(options)
      ;(made.context as { addCACert(pem: string): void }).addCACert(pem)
      return made
    }
  return read.flatMap(({ problem }) => problem ?? [])
}

/**
 * The file of all authorities that OpenTofu, its providers and our driver must trust, if the variables that
 * they read do not already say so; otherwise undefined. On a Mac, Go asks the system's keychain instead.
 */
export async function placeAuthorities(
  files: readonly AuthorityFile[],
  cache: string,
): Promise<string | undefined> {
  const own = files.find(({ name }) => name === OF_GO)?.path
  const paths = [...new Set(files.map(({ path }) => path))]
  if (paths.length === 0 || (paths.length === 1 && own !== undefined)) return undefined
  const extra = files.flatMap((file) => readAuthorities(file).pem ?? [])
  const pem = [...new Set([...(own === undefined ? [systemAuthorities()] : []), ...extra])].join('\n')
  const digest = createHash('sha256').update(pem).digest('hex').slice(0, 16)
  const path = join(await ensureFolder(join(cache, 'authorities')), `${digest}.pem`)
  await putFile(path, pem)
  return path
}

function systemAuthorities(): string {
  const found = SYSTEM.find((path) => existsSync(path))
  return found === undefined ? tls.rootCertificates.join('\n') : readFileSync(found, 'utf8')
}

function readAuthorities({ name, path }: AuthorityFile): {
  readonly pem?: string
  readonly problem?: string
} {
  try {
    return { pem: readFileSync(path, 'utf8') }
  } catch (error) {
    const { code } = systemErrorOf(error) ?? {}
    if (code === undefined) throw error
    return { problem: `${name}: cannot read the file that it names (${code}); ignoring it.` }
  }
}
