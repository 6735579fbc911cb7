import { mkdir, writeFile } from 'node:fs/promises'
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from '@jest/globals'
import { run } from '../../../scripts/run.js'
import { temporaryFolder } from '../../support/cli/support.js'
import { startProxiedWorld } from '../../support/network/proxied-world.js'

const folder = temporaryFolder()
const world = await startProxiedWorld(folder)
afterAll(() => world.stop())

/** Every client of ours, with what it asks for first that shows that it came through. */
const EXPECTED: Readonly<Record<string, string>> = {
  ec2: 'ec2.eu-west-1.amazonaws.com/',
  ebs: 'ebs.eu-west-1.amazonaws.com/snapshots/snap-1/blocks',
  sts: 'sts.us-east-1.amazonaws.com/',
  'sts of the store': 'sts.eu-west-1.amazonaws.com/',
  's3 store': 's3.eu-west-1.amazonaws.com/labs/team/labs/web/record.json',
  'role of aws': 'sts.eu-central-1.amazonaws.com/',
  'sso of aws': 'portal.sso.eu-west-1.amazonaws.com/federation/credentials',
  'login of google': 'www.googleapis.com/oauth2/v4/token',
  'gcs store': 'storage.googleapis.com/storage/v1/b/labs/o/',
  'google compute': 'compute.googleapis.com/compute/v1/projects/',
  'google upload': 'storage.googleapis.com/storage/v1/b/uploads',
  'login of azure': 'login.microsoftonline.com/',
  'azure resource manager': 'management.azure.com/subscriptions/subscription/resourcegroups',
  'azure blob': 'disks.blob.core.windows.net/log',
  'caller address': 'checkip.amazonaws.com/',
  'keys of a user': 'github.test.invalid/anna.keys',
  'round trips': 'dynamodb.eu-west-1.amazonaws.com/ping',
  download: 'images.test.invalid/SHA256SUMS',
}

const CONFIG = `
[profile keys]
aws_access_key_id = AKIAOFTESTS
aws_secret_access_key = of-tests
[profile role]
role_arn = arn:aws:iam::123456789012:role/labs
source_profile = keys
region = eu-central-1
[profile sso]
sso_start_url = https://tests.awsapps.com/start
sso_region = eu-west-1
sso_account_id = 123456789012
sso_role_name = labs
`

async function makeHome(): Promise<Record<string, string>> {
  const home = join(folder, 'home')
  await mkdir(join(home, '.aws/sso/cache'), { recursive: true })
  await writeFile(join(home, '.aws/config'), CONFIG)
  // Named by the SHA-1 of the address.
  const session = { accessToken: 'of-tests', expiresAt: '2999-01-01T00:00:00Z' }
  await writeFile(join(home, '.aws/sso/cache', `${SHA1_OF_START_URL}.json`), JSON.stringify(session))
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = {
    type: 'service_account',
    project_id: 'project-of-tests',
    client_email: 'labs@test.invalid',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }
  await writeFile(join(home, 'key.json'), JSON.stringify(key))
  return {
    HOME: home,
    AWS_PROFILE: 'keys',
    AWS_EC2_METADATA_DISABLED: 'true',
    GOOGLE_APPLICATION_CREDENTIALS: join(home, 'key.json'),
    ARM_TENANT_ID: 'tenant',
    ARM_CLIENT_ID: 'client',
    ARM_CLIENT_SECRET: 'secret',
    ARM_SUBSCRIPTION_ID: 'subscription',
  }
}
const SHA1_OF_START_URL = 'd0869e5c64698c3d0d8e8f1e5afdbbb726c692fa'

const worker = fileURLToPath(new URL('../../support/network/proxied-worker.js', import.meta.url))
const nothing = (...names: string[]) => Object.fromEntries(names.map((name) => [name, undefined]))

describe.each([
  ['NODE_EXTRA_CA_CERTS', 'HTTPS_PROXY', world.proxy],
  ['AWS_CA_BUNDLE', 'https_proxy', world.proxy],
  ['SSL_CERT_FILE', 'HTTPS_PROXY', world.proxy.replace('http://', '')],
])('behind a proxy whose authority is in %s', (trusted, proxied, proxy) => {
  test(`all ${Object.keys(EXPECTED).length} requests of ours come through by ${proxied}`, async () => {
    for (const list of Object.values(world.seen)) list.length = 0
    const { stdout } = await run(process.execPath, [worker, world.plainUrl], {
      env: {
        ...nothing(
          'NODE_EXTRA_CA_CERTS',
          'AWS_CA_BUNDLE',
          'SSL_CERT_FILE',
          'NO_PROXY',
          'no_proxy',
          'NODE_OPTIONS',
        ),
        ...nothing(
          'HTTP_PROXY',
          'http_proxy',
          'HTTPS_PROXY',
          'https_proxy',
          'AWS_ACCESS_KEY_ID',
          'AWS_REGION',
        ),
        ...(await makeHome()),
        [trusted]: world.certificateFile,
        [proxied]: proxy,
      },
    })
    const missing = Object.entries(EXPECTED).filter(
      ([, start]) => !world.seen.proxied.some((asked) => asked.startsWith(start)),
    )
    expect({ missing, stdout: missing.length === 0 ? '' : stdout }).toEqual({ missing: [], stdout: '' })
    expect(stdout).toContain('caller address: "203.0.113.7/32"')
    // What is on this computer is no proxy's business.
    expect(world.seen.plain.length).toBeGreaterThan(0)
  })
})
