import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { no } from '../../../stand-in/azure-answer.js'
import { SUBSCRIPTION, TestAzure } from '../../../stand-in/azure.js'
import { tokenOf } from '../../../stand-in/azure-login.js'
import { useSandboxes, type Sandbox } from '../../../stand-in/sandbox.js'
import { useCloud } from '../../../stand-in/use-cloud.js'
import '../../../support/cli/support.js'

const makeSandbox = useSandboxes()
const azure = await useCloud(TestAzure.start())

const UP = ['up', '--profile', 'debian-azure', '--allow-from', '203.0.113.7', '--region', 'westeurope']

test.each([
  ['a secret that is not taken', { ARM_CLIENT_SECRET: 'old' }, 'AADSTS7000215', 'credential reset'],
  ['a subscription of others', { ARM_SUBSCRIPTION_ID: 'none' }, 'SubscriptionNotFound', 'az account list'],
  [
    'no subscription',
    { ARM_SUBSCRIPTION_ID: '' },
    'no subscription to use them in',
    'export ARM_SUBSCRIPTION_ID=',
  ],
])('up with %s ends with 7, and nothing is recorded', async (_what, changes, told, next) => {
  const box = await makeSandbox()
  const { code, stderr } = await box.run(UP, { env: { ...azure.env, ...changes } })
  expect({ code, files: await box.files() }).toEqual({ code: 7, files: [] })
  expect(stderr).toContain(told)
  expect(stderr).toMatch(new RegExp(next))
  expect(stderr).not.toContain('secret-of-tests')
})

test('where Azure is out of reach that is said, and nothing is recorded', async () => {
  const box = await makeSandbox()
  const env = { ...azure.env, ARM_METADATA_HOSTNAME: '127.0.0.1:9' }
  const { code, stderr } = await box.run(UP, { env })
  expect({ code, files: await box.files() }).toEqual({ code: 1, files: [] })
  expect(stderr).toContain('Azure cannot be reached: connect ECONNREFUSED 127.0.0.1:9')
})

/** A computer with an `az` that says this. */
async function withAz(box: Sandbox, script: string): Promise<Record<string, string>> {
  const [bin, config] = [join(box.root, 'az-bin'), join(box.root, 'az-config')]
  await mkdir(bin)
  await mkdir(config)
  await writeFile(join(config, 'azureProfile.json'), '{}')
  await writeFile(join(bin, 'az'), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, 'az'), 0o755)
  const { ARM_METADATA_HOSTNAME = '', NODE_EXTRA_CA_CERTS = '' } = azure.env
  const PATH = `${bin}:${process.env['PATH']}`
  return {
    ARM_METADATA_HOSTNAME,
    NODE_EXTRA_CA_CERTS,
    ARM_SUBSCRIPTION_ID: SUBSCRIPTION,
    AZURE_CONFIG_DIR: config,
    PATH,
  }
}

test('who is logged in with az is taken at their word, and so is Azure', async () => {
  const box = await makeSandbox()
  const env = await withAz(
    box,
    `echo '{"accessToken": "${tokenOf()}", "expires_on": 4102444800, "tokenType": "Bearer"}'`,
  )
  azure.refuse('GET', '/publishers/', no(403, 'AuthorizationFailed', "No right to perform action 'x/read'."))
  const { code, stderr } = await box.run(UP, { env })
  expect(stderr).toContain(`Azure subscription Tests (${SUBSCRIPTION}), as client-of-tests`)
  expect(stderr).toContain("AuthorizationFailed: No right to perform action 'x/read'.")
  expect(stderr).toContain('distrolab docs azure')
  expect(code).toBe(1)
})

test.each([
  [
    'ERROR: AADSTS700082: The refresh token has expired due to inactivity.',
    'does not accept these credentials',
  ],
  ["ERROR: Please run 'az login' to setup account.", 'The credentials for Azure cannot be used'],
])('az that says "%s" ends up with 7', async (said, told) => {
  const box = await makeSandbox()
  const { code, stderr } = await box.run(UP, { env: await withAz(box, `echo "${said}" >&2; exit 1`) })
  expect({ code, files: await box.files() }).toEqual({ code: 7, files: [] })
  expect(stderr).toContain(told)
})

test.each([
  ['rocky-azure', 'az vm image terms accept --publisher resf --offer rockylinux-x86_64 --plan 10-base'],
  ['fedora-azure', 'Choose another --region'],
])('up of %s, whose image is not to be had, says what to type, and makes nothing', async (profile, next) => {
  const box = await makeSandbox()
  azure.shelf.unaccepted.add('resf:rockylinux-x86_64:10-base')
  azure.refuse('GET', '/communityGalleries/', no(404, 'NotFound', 'The gallery is not in this region.'))
  const { code, stderr } = await box.run([...UP, '--profile', profile], { env: azure.env })
  expect(code).toBe(1)
  expect(stderr).toContain(next)
  expect(azure.times('PUT', '')).toBe(0)
})
