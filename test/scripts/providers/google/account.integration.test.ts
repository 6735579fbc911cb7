import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from '@jest/globals'
import { checkGoogleAccount } from '../../../../scripts/providers/google/account.js'
import { GoogleCloud } from '../../../stand-in/google/google-cloud.js'
import { useCloudHere } from '../../../stand-in/use-cloud.js'
import { temporaryFolder } from '../../../support/cli/support.js'

const never = new AbortController().signal
const cloud = await useCloudHere(GoogleCloud.start())

test('an account is the project, and whoever holds the token', async () => {
  expect(await checkGoogleAccount(never)).toEqual({
    principal: 'the holder of the token in GOOGLE_OAUTH_ACCESS_TOKEN',
    project: 'tests',
  })
})

test('an account of a machine of Google is what its metadata server gives a token for', async () => {
  const { GOOGLE_OAUTH_ACCESS_TOKEN: access_token, ...others } = cloud.env
  const server = createServer((_request, response) => {
    response.setHeader('metadata-flavor', 'Google').setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ access_token, expires_in: 3600, token_type: 'Bearer' }))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const { env } = process
  process.env = { ...others, HOME: temporaryFolder(), GCE_METADATA_HOST: `127.0.0.1:${port}` }
  try {
    expect(await checkGoogleAccount(never)).toEqual({
      principal: 'the service account of this machine',
      project: 'tests',
    })
  } finally {
    process.env = env
    server.close()
  }
})
