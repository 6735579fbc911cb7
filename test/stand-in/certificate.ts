import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../scripts/run.js'

export interface Certificate {
  readonly key: string
  readonly certificate: string
  /** For NODE_EXTRA_CA_CERTS and SSL_CERT_FILE: it is its own authority. */
  readonly file: string
  readonly keyFile: string
}

/** A certificate for a server on loopback, valid for two days. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const [keyFile, file] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', keyFile, '-out', file, '-days', '2', '-subj', '/CN=stand-in'],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:TRUE'],
  ])
  return { key: await readFile(keyFile, 'utf8'), certificate: await readFile(file, 'utf8'), file, keyFile }
}
