import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { initialise } from '../../../scripts/engine/engine-run.js'
import { readEnvironment, settleProxies } from '../../../scripts/env.js'
import { placeAuthorities } from '../../../scripts/trust.js'
import { shellProgram } from '../../support/cli/executables.js'
import { temporaryFolder } from '../../support/cli/support.js'

const before = process.env
afterAll(() => void (process.env = before))

test('OpenTofu goes by the proxy and trusts the authority of a user who has told only Node of them', async () => {
  const folder = temporaryFolder()
  const extra = join(folder, 'extra.pem')
  await writeFile(extra, 'of extra\n')
  process.env = { PATH: before['PATH'], https_proxy: 'proxy.test.invalid:3128', NODE_EXTRA_CA_CERTS: extra }
  settleProxies()
  const authorities = await placeAuthorities(readEnvironment().authorityFiles, join(folder, 'cache'))
  const engine = shellProgram(join(folder, 'bin/tofu'), `env >"${folder}/environment"`)
  const { signal } = new AbortController()
  await initialise({ engine, folder, unset: [], signal, authorities })
  const environment = await readFile(join(folder, 'environment'), 'utf8')
  expect(environment).toMatch(/^HTTPS_PROXY=http:\/\/proxy\.test\.invalid:3128$/m)
  expect(environment).toMatch(/^NO_PROXY=.*169\.254\.169\.254/m)
  const [, trusted = ''] = /^SSL_CERT_FILE=(.*)$/m.exec(environment) ?? []
  expect(await readFile(trusted, 'utf8')).toContain('of extra')
})
