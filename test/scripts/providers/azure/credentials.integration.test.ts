import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeEach, expect, test } from '@jest/globals'
import { checkAzureAccount } from '../../../../scripts/providers/azure/account.js'
import { run } from '../../../../scripts/run.js'
import { explain } from '../../../../scripts/explain.js'
import { SUBSCRIPTION, TestAzure } from '../../../stand-in/azure.js'
import { useCloudHere } from '../../../stand-in/use-cloud.js'
import { shellProgram } from '../../../support/cli/executables.js'
import { errorOf, temporaryFolder } from '../../../support/cli/support.js'

const never = new AbortController().signal
const azure = await useCloudHere(TestAzure.start())
const PRINCIPAL = { ARM_TENANT_ID: 'tenant-of-tests', ARM_CLIENT_ID: 'client-of-tests' }
let home = ''
beforeEach(() => {
  home = temporaryFolder()
  process.env = {
    PATH: home,
    HOME: home,
    AZURE_CONFIG_DIR: join(home, '.azure'),
    ARM_METADATA_HOSTNAME: azure.host,
    ARM_SUBSCRIPTION_ID: SUBSCRIPTION,
  }
})

const loggedIn = (): void => {
  const profile = join(home, '.azure/azureProfile.json')
  mkdirSync(dirname(profile))
  writeFileSync(profile, '{}')
}
/** As `az account get-access-token` fails; `/bin/sh` is how the library starts it. */
const az = (words: string): void => {
  loggedIn()
  shellProgram(join(home, 'az'), `echo "${words}" >&2; exit 1`)
}
const set = (variables: Record<string, string>) => () => void Object.assign(process.env, PRINCIPAL, variables)

/** In a process of its own where `az` is started: that has the environment of the process. */
async function ask(): Promise<{ code: string; message: string; hint: string; exitCode: number }> {
  if (process.env['ARM_CLIENT_ID'] !== undefined) return explain(await errorOf(checkAzureAccount(never)))
  const { ARM_METADATA_HOSTNAME: _, ...env } = process.env
  const program = [process.execPath, '--input-type=module', '-e', ASK] as const
  const { stdout } = await run('/usr/bin/env', [
    '-i',
    ...Object.entries(env).map((each) => each.join('=')),
    ...program,
  ])
  return JSON.parse(stdout) as { code: string; message: string; hint: string; exitCode: number }
}
const at = (path: string): string => new URL(path, import.meta.url).href
const ASK = `
  import { checkAzureAccount } from '${at('../../../../scripts/providers/azure/account.js')}'
  import { explain } from '${at('../../../../scripts/explain.js')}'
  const error = await checkAzureAccount(new AbortController().signal).catch((caught) => caught)
  console.log(JSON.stringify(explain(error)))
  process.exit()`

test.each<[string, () => void, string, RegExp, string]>([
  ['`az` that is not there', loggedIn, 'unusable', /Azure CLI could not be found/, 'which az '],
  [
    '`az` without a login',
    () => az("ERROR: Please run 'az login' to setup account."),
    'unusable',
    /az login/,
    'az login ',
  ],
  [
    '`az` whose login is over',
    () => az('ERROR: AADSTS700082: The refresh token has expired due to inactivity. run: az login --scope X'),
    'refused',
    /AADSTS700082/,
    'az login ',
  ],
  [
    'a token file that is not there',
    set({ ARM_USE_OIDC: 'true', ARM_OIDC_TOKEN_FILE_PATH: '/run/no/token' }),
    'unusable',
    /the file that ARM_OIDC_TOKEN_FILE_PATH names cannot be read \(ENOENT\)/,
    'ls -l "${ARM_OIDC_TOKEN_FILE_PATH:-$AZURE_FEDERATED_TOKEN_FILE}" ',
  ],
  [
    'a token file of Kubernetes that is not there',
    set({ ARM_USE_AKS_WORKLOAD_IDENTITY: 'true', AZURE_FEDERATED_TOKEN_FILE: '/run/no/token' }),
    'unusable',
    /the file that AZURE_FEDERATED_TOKEN_FILE names cannot be read \(ENOENT\)/,
    'ls -l "${ARM_OIDC_TOKEN_FILE_PATH:-$AZURE_FEDERATED_TOKEN_FILE}" ',
  ],
  [
    'a secret that is wrong',
    set({ ARM_CLIENT_SECRET: 'wrong-secret' }),
    'refused',
    /AADSTS7000215: Invalid client secret/,
    'az ad app credential reset ',
  ],
  [
    'a tenant that is none',
    set({ ARM_CLIENT_SECRET: 'secret-of-tests', ARM_TENANT_ID: 'no-tenant' }),
    'refused',
    /AADSTS90002|no-tenant/,
    'az account show --query tenantId ',
  ],
])('%s is told in the words of the SDK, with what to do', async (_what, prepare, kind, words, hint) => {
  prepare()
  const told = await ask()
  expect([told.code, told.message, told.exitCode]).toEqual([
    ...[`cloud-credentials-${kind}`, expect.stringMatching(words), 7],
  ])
  expect(told.hint.startsWith(hint) ? hint : told.hint).toBe(hint)
  expect(told.message).not.toMatch(/wrong-secret|secret-of-tests/)
})
