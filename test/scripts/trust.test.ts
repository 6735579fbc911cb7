import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import tls from 'node:tls'
import { readEnvironment } from '../../scripts/env.js'
import { placeAuthorities, trustAuthorities } from '../../scripts/trust.js'
import { temporaryFolder } from '../support/cli/support.js'

const folder = temporaryFolder()
const [extra, bundle] = [join(folder, 'extra.pem'), join(folder, 'bundle.pem')]
const filesOf = (variables: Record<string, string>) => readEnvironment(variables).authorityFiles
const { createSecureContext } = tls
beforeAll(async () => {
  await writeFile(extra, 'of extra\n')
  await writeFile(bundle, 'of bundle\n')
})
afterAll(() => void (tls.createSecureContext = createSecureContext))

test('OpenTofu is left alone where it reads by itself what there is', async () => {
  const cache = temporaryFolder()
  expect(await placeAuthorities(filesOf({}), cache)).toBeUndefined()
  expect(await placeAuthorities(filesOf({ SSL_CERT_FILE: bundle }), cache)).toBeUndefined()
  expect(
    await placeAuthorities(filesOf({ SSL_CERT_FILE: bundle, NODE_EXTRA_CA_CERTS: bundle }), cache),
  ).toBeUndefined()
  expect(await readdir(cache)).toEqual([])
})

test.each(['NODE_EXTRA_CA_CERTS', 'AWS_CA_BUNDLE'])(
  'OpenTofu trusts what %s names, beside the authorities of the system',
  async (name) => {
    const file = (await placeAuthorities(filesOf({ [name]: extra }), temporaryFolder())) ?? ''
    const pem = await readFile(file, 'utf8')
    expect(pem).toContain('of extra')
    expect(pem).toContain('-----BEGIN CERTIFICATE-----')
  },
)

test('what SSL_CERT_FILE names stands instead of the authorities of the system, with the others', async () => {
  const files = filesOf({ SSL_CERT_FILE: bundle, NODE_EXTRA_CA_CERTS: extra, AWS_CA_BUNDLE: extra })
  const file = (await placeAuthorities(files, temporaryFolder())) ?? ''
  expect(await readFile(file, 'utf8')).toBe('of extra\n\nof bundle\n')
})

test('a file that cannot be read is told of and ignored', () => {
  expect(trustAuthorities(filesOf({ AWS_CA_BUNDLE: join(folder, 'none.pem') }))).toEqual([
    'AWS_CA_BUNDLE: cannot read the file that it names (ENOENT); ignoring it.',
  ])
})

test('what Node reads by itself is not read again', () => {
  trustAuthorities(filesOf({ NODE_EXTRA_CA_CERTS: extra, SSL_CERT_FILE: extra }))
  expect(tls.createSecureContext).toBe(createSecureContext)
})
