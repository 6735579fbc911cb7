import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { checkAzureAccount } from '../../../../scripts/providers/azure/account.js'
import { run } from '../../../../scripts/run.js'
import { no } from '../../../stand-in/azure-answer.js'
import { SUBSCRIPTION, TestAzure } from '../../../stand-in/azure.js'
import { refusedLogin } from '../../../stand-in/azure-login.js'
import { useCloudHere } from '../../../stand-in/use-cloud.js'
import { faultOf, temporaryFolder } from '../../../support/cli/support.js'

const never = new AbortController().signal
const { PATH = '' } = process.env
const azure = await useCloudHere(TestAzure.start())

/** Nobody in particular, in a home of their own. */
beforeEach(() => {
  process.env = { PATH, HOME: temporaryFolder() }
  set({ ARM_METADATA_HOSTNAME: azure.host, ARM_SUBSCRIPTION_ID: SUBSCRIPTION })
})

const set = (variables: Record<string, string>): unknown => Object.assign(process.env, variables)
const PRINCIPAL = { ARM_TENANT_ID: 'tenant-of-tests', ARM_CLIENT_ID: 'client-of-tests' }
const account = { identity: 'client-of-tests', subscription: `Tests (${SUBSCRIPTION})` }

/** Tells what became of the question, and what then keeps the process from its end. */
const ASK = `
  import { checkAzureAccount } from '${new URL('../../../../scripts/providers/azure/account.js', import.meta.url).href}'
  const error = await checkAzureAccount(new AbortController().signal).catch((caught) => caught)
  console.log(error.fault.code + ': ' + process.getActiveResourcesInfo().join())`

/** As many systems hand it out: PKCS#12 with a password. */
async function makePfx(password: string): Promise<string> {
  const folder = temporaryFolder()
  const [key, certificate, pfx] = ['key.pem', 'cert.pem', 'c.pfx'].map((name) => join(folder, name))
  const subject = ['-days', '2', '-subj', '/CN=principal']
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    ...subject,
  ] as string[])
  await run('openssl', [
    'pkcs12',
    '-export',
    '-inkey',
    key,
    '-in',
    certificate,
    '-out',
    pfx,
    '-passout',
    `pass:${password}`,
  ] as string[])
  return pfx ?? ''
}

describe('who one is at Azure', () => {
  test('is told by a secret', async () => {
    set({ ...PRINCIPAL, ARM_CLIENT_SECRET: 'secret-of-tests' })
    expect(await checkAzureAccount(never)).toEqual(account)
  })

  test('is told by a secret in a file', async () => {
    const file = join(temporaryFolder(), 'secret')
    await writeFile(file, 'secret-of-tests\n')
    set({ ...PRINCIPAL, ARM_CLIENT_SECRET_FILE_PATH: file })
    expect(await checkAzureAccount(never)).toEqual(account)
  })

  test('is told by a certificate with a password', async () => {
    const path = await makePfx('of tests')
    set({ ...PRINCIPAL, ARM_CLIENT_CERTIFICATE_PATH: path, ARM_CLIENT_CERTIFICATE_PASSWORD: 'of tests' })
    expect(await checkAzureAccount(never)).toEqual(account)
  })

  test('is told by the token of a CI service', async () => {
    const request = { ACTIONS_ID_TOKEN_REQUEST_URL: `https://${azure.host}/ci-token?v=1` }
    set({ ...PRINCIPAL, ...request, ARM_USE_OIDC: 'true', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-ci' })
    expect(await checkAzureAccount(never)).toEqual(account)
    const file = join(temporaryFolder(), 'token')
    await writeFile(file, 'assertion-of-tests')
    set({ ARM_OIDC_TOKEN_FILE_PATH: file })
    expect(await checkAzureAccount(never)).toEqual(account)
  })

  test('is told by the machine that one is on', async () => {
    set({ ARM_USE_MSI: 'true', ARM_MSI_ENDPOINT: `https://${azure.host}/metadata/identity/oauth2/token` })
    expect(await checkAzureAccount(never)).toEqual(account)
  })
})

describe('credentials', () => {
  test.each([[{}], [{ ARM_CLIENT_ID: 'client-of-tests', ARM_CLIENT_SECRET: 'secret-of-tests' }]])(
    'of %j are none, and it is said where they were looked for',
    async (variables) => {
      set(variables)
      expect(await faultOf(checkAzureAccount(never))).toMatchObject({
        code: 'cloud-credentials-missing',
        provider: 'azure',
        sought: expect.stringContaining('.azure/azureProfile.json'),
      })
    },
  )

  test('that are there are not enough: the subscription is asked for', async () => {
    set({ ...PRINCIPAL, ARM_CLIENT_SECRET: 'secret-of-tests', ARM_SUBSCRIPTION_ID: '' })
    expect(await faultOf(checkAzureAccount(never))).toMatchObject({ code: 'cloud-project-missing' })
  })

  test('in a file that is not there cannot be used, and the variable is named', async () => {
    set({ ...PRINCIPAL, ARM_CLIENT_SECRET_FILE_PATH: join(temporaryFolder(), 'secret') })
    expect(await faultOf(checkAzureAccount(never))).toEqual({
      code: 'cloud-credentials-unusable',
      provider: 'azure',
      reason: 'the file that ARM_CLIENT_SECRET_FILE_PATH names cannot be read (ENOENT)',
    })
  })

  test.each([
    ['a secret that has expired', { ...PRINCIPAL, ARM_CLIENT_SECRET: 'old' }, 'AADSTS7000215'],
    [
      'a subscription of others',
      { ...PRINCIPAL, ARM_CLIENT_SECRET: 'secret-of-tests', ARM_SUBSCRIPTION_ID: 'none' },
      'SubscriptionNotFound',
    ],
    ['a certificate that is none', { ...PRINCIPAL, ARM_CLIENT_CERTIFICATE: 'bm90aGluZw==' }, 'openssl'],
  ])('with %s are refused', async (_what, variables, reason) => {
    set(variables)
    expect(await faultOf(checkAzureAccount(never))).toMatchObject({
      code: 'cloud-credentials-refused',
      provider: 'azure',
      reason: expect.stringContaining(reason),
    })
  })

  test('that expire between two requests are told as such, with what Azure says', async () => {
    set({ ...PRINCIPAL, ARM_CLIENT_SECRET: 'secret-of-tests' })
    azure.refuse(
      'GET',
      '/subscriptions/',
      no(401, 'ExpiredAuthenticationToken', 'The access token expiry time has passed.'),
    )
    expect(await faultOf(checkAzureAccount(never))).toEqual({
      code: 'cloud-credentials-refused',
      provider: 'azure',
      reason: 'ExpiredAuthenticationToken: The access token expiry time has passed.',
    })
  })

  const outOfReach = { ...PRINCIPAL, ARM_CLIENT_SECRET: 'old', ARM_METADATA_HOSTNAME: '127.0.0.1:9' }

  test('are not judged where Azure is out of reach', async () => {
    set(outOfReach)
    expect(await faultOf(checkAzureAccount(never))).toMatchObject({
      code: 'cloud-unreachable',
      provider: 'azure',
      reason: 'connect ECONNREFUSED 127.0.0.1:9',
    })
  })

  test('are not waited for any more by a process that was told so', async () => {
    set(outOfReach)
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', ASK])
    expect(stdout).toMatch(/^cloud-unreachable:/)
    expect(stdout).not.toContain('Timeout')
  })

  test('are not judged where what gives them out is silent', async () => {
    const sockets: Socket[] = []
    const silent = createServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`
    set({ ARM_USE_MSI: 'true', ARM_MSI_ENDPOINT: `http://${host}/` })
    try {
      expect(await faultOf(checkAzureAccount(never))).toEqual({
        code: 'cloud-unreachable',
        provider: 'azure',
        reason: `no answer from ${host} within 3 s`,
      })
    } finally {
      for (const socket of sockets) socket.destroy()
      silent.close()
    }
  })

  test('are not judged where the host of ARM_METADATA_HOSTNAME does not say where Azure is', async () => {
    set({ ...PRINCIPAL, ARM_CLIENT_SECRET: 'secret-of-tests' })
    azure.refuse('GET', '/metadata/endpoints', { status: 403, body: 'not for you' })
    // Where it is, is asked once for the same environment.
    set({ ARM_TENANT_ID: 'third-tenant' })
    expect(await faultOf(checkAzureAccount(never))).toMatchObject({
      code: 'cloud-failed',
      reason: expect.stringContaining('ARM_METADATA_HOSTNAME'),
    })
  })

  test('are told without the ids of requests', async () => {
    set({ ...PRINCIPAL, ARM_CLIENT_SECRET: 'secret-of-tests' })
    azure.disturb(({ path }) =>
      path.endsWith('/oauth2/v2.0/token')
        ? refusedLogin(
            'AADSTS7000222: The provided client secret keys are expired. Trace ID: 1a Correlation ID: 2b',
          )
        : undefined,
    )
    set({ ARM_TENANT_ID: 'other-tenant' })
    const fault = await faultOf(checkAzureAccount(never))
    expect(fault).toMatchObject({ code: 'cloud-credentials-refused' })
    expect(JSON.stringify(fault)).not.toMatch(/Trace ID|secret-of-tests/)
  })
})
