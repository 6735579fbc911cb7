import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { findGoogleCredentials } from '../../../../scripts/providers/google/credentials.js'
import {
  projectOfCredentials,
  requireProject,
} from '../../../../scripts/providers/google/found-credentials.js'
import { faultOf, temporaryFolder } from '../../../support/cli/support.js'

const FILE = '.config/gcloud/application_default_credentials.json'
const account = {
  type: 'service_account',
  client_email: 'ci@labs.iam.gserviceaccount.com',
  project_id: 'labs',
  private_key: 'the secret key',
}
const user = { type: 'authorized_user', client_id: 'id', client_secret: 'no', refresh_token: 'the secret' }
const before = { ...process.env }

beforeEach(() => {
  process.env = Object.fromEntries(
    Object.entries(before).filter(([name]) => !/^(GOOGLE|GCLOUD|CLOUDSDK|GCE)_/.test(name)),
  )
  // Wherever the tests run: a machine of Google's has credentials of its own.
  process.env['METADATA_SERVER_DETECTION'] = 'none'
})
afterEach(() => {
  process.env = before
})

async function homeWith(content: string): Promise<string> {
  const home = temporaryFolder()
  await mkdir(dirname(join(home, FILE)), { recursive: true })
  await writeFile(join(home, FILE), content)
  return home
}

describe('credentials of Google', () => {
  test('are a token before anything else', () => {
    process.env['GOOGLE_CREDENTIALS'] = JSON.stringify(account)
    process.env['GOOGLE_OAUTH_ACCESS_TOKEN'] = 'a-token'
    const { kind, client } = findGoogleCredentials(temporaryFolder())
    expect([kind, client.credentials.access_token]).toEqual(['token', 'a-token'])
  })

  test('are a key in a variable, or the file that it names', async () => {
    process.env['GOOGLE_CREDENTIALS'] = JSON.stringify(account)
    const { kind, principal } = findGoogleCredentials(temporaryFolder())
    expect([kind, principal]).toEqual(['account', account.client_email])
    delete process.env['GOOGLE_CREDENTIALS']
    process.env['GOOGLE_APPLICATION_CREDENTIALS'] = join(await homeWith(JSON.stringify(account)), FILE)
    expect(findGoogleCredentials(temporaryFolder()).principal).toBe(account.client_email)
  })

  test('are what gcloud left, of somebody whom only Google knows', async () => {
    const { kind, principal } = findGoogleCredentials(await homeWith(JSON.stringify(user)))
    expect([kind, principal]).toEqual(['user', `~/${FILE}`])
  })

  test('are those of the account that they are to stand for', async () => {
    process.env['GOOGLE_IMPERSONATE_SERVICE_ACCOUNT'] = 'labs@x.iam.gserviceaccount.com'
    const { kind, principal } = findGoogleCredentials(await homeWith(JSON.stringify(user)))
    expect([kind, principal]).toEqual(['account', 'labs@x.iam.gserviceaccount.com'])
  })

  test('are missing, and it is said where they were looked for', async () => {
    process.env['GOOGLE_PROJECT'] = 'labs'
    const fault = await faultOf(() => findGoogleCredentials(temporaryFolder()))
    expect(fault).toMatchObject({ code: 'cloud-credentials-missing', provider: 'google' })
    expect(fault).toMatchObject({ sought: expect.stringContaining(FILE) })
  })

  test.each([
    ['GOOGLE_CREDENTIALS', '{"type":"service_account", secret'],
    ['GOOGLE_CREDENTIALS', '/nobody/key.json'],
    ['GOOGLE_APPLICATION_CREDENTIALS', '/nobody/key.json'],
    ['GOOGLE_CREDENTIALS', '{"type":"service_account","private_key":"secret"}'],
  ])('in %s that are none are told without being shown: %s', async (name, value) => {
    process.env[name] = value
    const fault = await faultOf(() => findGoogleCredentials(temporaryFolder()))
    expect(fault).toMatchObject({ code: 'cloud-credentials-unusable', reason: expect.stringContaining(name) })
    expect(JSON.stringify(fault)).not.toContain('secret')
  })
})

describe('the project', () => {
  test('is that of the variables before that of the credentials', () => {
    process.env['GOOGLE_CREDENTIALS'] = JSON.stringify(account)
    expect([requireProject(), projectOfCredentials(temporaryFolder())]).toEqual(['labs', 'labs'])
    process.env['GOOGLE_CLOUD_PROJECT'] = 'others'
    expect(requireProject()).toBe('others')
    process.env['GOOGLE_PROJECT'] = 'mine'
    expect(requireProject()).toBe('mine')
  })

  test('is missing where neither names one', async () => {
    process.env['GOOGLE_OAUTH_ACCESS_TOKEN'] = 'a-token'
    expect(await faultOf(() => requireProject())).toMatchObject({
      code: 'cloud-project-missing',
      sought: expect.stringContaining('GOOGLE_PROJECT'),
    })
  })
})
