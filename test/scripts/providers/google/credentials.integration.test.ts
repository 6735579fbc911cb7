import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals'
import { openStore } from '../../../../backend/open-store.js'
import { openCompute } from '../../../../scripts/providers/google/client.js'
import { explain } from '../../../../scripts/explain.js'
import { trust } from '../../../stand-in/trust.js'
import { startProxiedWorld } from '../../../support/network/proxied-world.js'
import { errorOf, temporaryFolder } from '../../../support/cli/support.js'

const world = await startProxiedWorld(temporaryFolder())
const distrust = trust(readFileSync(world.certificateFile, 'utf8'))
const before = process.env
afterAll(() => {
  process.env = before
  distrust()
  world.stop()
})

let file = ''
beforeEach(() => {
  const home = temporaryFolder()
  file = join(home, 'key.json')
  process.env = {
    PATH: before['PATH'],
    HOME: home,
    HTTPS_PROXY: world.proxy,
    METADATA_SERVER_DETECTION: 'none',
    GOOGLE_APPLICATION_CREDENTIALS: file,
    GOOGLE_PROJECT: 'project-of-tests',
  }
})

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const account = {
  type: 'service_account',
  client_email: 'ci@test.invalid',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
}
const external = (source: object) => ({
  type: 'external_account',
  audience: '//iam.googleapis.com/pool',
  credential_source: source,
  subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
  token_url: 'https://sts.googleapis.com/v1/token',
})

const askLab = async (): Promise<unknown> => openCompute(new AbortController().signal).get('zones')
const askStore = async (): Promise<unknown> =>
  (await openStore({ kind: 'gcs', bucket: 'labs', prefix: '' }, { patience: { attempts: 1 } })).get(
    'labs/web/record.json',
  )

const KEY_FILE = 'ls -l "$GOOGLE_APPLICATION_CREDENTIALS" '

describe.each<[string, () => void, RegExp, string]>([
  ['a file that is not there', () => undefined, /ENOENT|does not exist/, KEY_FILE],
  [
    'a file that is no JSON',
    () => writeFileSync(file, 'secret-of-tests {'),
    /does not contain credentials|JSON/,
    KEY_FILE,
  ],
  [
    'a key that is cut off',
    () => writeFileSync(file, JSON.stringify({ ...account, private_key: 'secret-of-tests' })),
    /private_key|DECODER|PEM|decoder/i,
    KEY_FILE,
  ],
  [
    'a token of another service that is not there',
    () => writeFileSync(file, JSON.stringify(external({ file: '/run/no/token' }))),
    /The file at \/run\/no\/token does not exist|ENOENT: .* '\/run\/no/,
    KEY_FILE,
  ],
])('%s', (_what, prepare, words, hint) => {
  test.each([
    ['a lab', askLab, 'cloud-credentials-unusable'],
    ['the backend', askStore, 'store-credentials'],
  ])('is told in the words of the library, with what to do, when %s needs it', async (_who, ask, code) => {
    prepare()
    const told = explain(await errorOf(ask()))
    expect([told.code, told.message, told.exitCode]).toEqual([code, expect.stringMatching(words), 7])
    expect(told.hint.startsWith(hint) ? hint : told.hint).toBe(hint)
    expect(told.message).not.toContain('secret-of-tests')
  })
})

test('an account that one may not stand for is told in the words of Google, with what to do', async () => {
  writeFileSync(file, JSON.stringify(account))
  process.env['GOOGLE_IMPERSONATE_SERVICE_ACCOUNT'] = 'labs@test.invalid'
  const { code, message, hint, exitCode } = explain(await errorOf(askLab()))
  expect([code, exitCode]).toEqual(['cloud-credentials-unusable', 7])
  expect(message).toContain("unable to impersonate: Permission 'iam.serviceAccounts.getAccessToken' denied")
  expect(hint).toContain('roles/iam.serviceAccountTokenCreator')
})
