import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, expect, test } from '@jest/globals'
import { Sandbox } from '../stand-in/sandbox.js'
import '../support/cli/support.js'

const box = await Sandbox.make()
afterAll(() => box.remove())
/** It takes every request, and answers none. */
const server = createServer(() => undefined).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const S3 = `s3://labs/team?endpoint=${url}&path-style=true`
const GCS = `gs://labs/team?endpoint=${url}`
const CLOUDS = {
  AWS_ACCESS_KEY_ID: 'x',
  AWS_SECRET_ACCESS_KEY: 'x',
  AWS_ENDPOINT_URL: url,
  GOOGLE_OAUTH_ACCESS_TOKEN: 'x',
  GOOGLE_PROJECT: 'of-tests',
  GOOGLE_COMPUTE_CUSTOM_ENDPOINT: `${url}/`,
}

test.each([
  ['list', '--backend', S3],
  ['list', '--backend', GCS],
  ['doctor', '--backend', S3],
  ['cleanup', '--yes', '--backend', S3],
  ['backend', 'show', '--backend', S3],
  ['backend', 'init', '--backend', S3],
  ['up', '--profile', 'debian-local', '--backend', S3],
  ['up', '--profile', 'debian-aws', '--region', 'eu-west-1'],
  ['up', '--profile', 'debian-google', '--region', 'europe-west1'],
])('an interrupt ends %s %s %s while no answer comes, and is what it says', async (...args) => {
  const asked = once(server, 'request')
  const cli = box.start(args, { env: { ...CLOUDS } })
  await Promise.race([asked, cli.done])
  cli.signal('SIGINT')
  // A connection that the library of Google cannot end keeps the process until then.
  setTimeout(() => server.closeAllConnections(), 500).unref()
  const { code, stderr } = await cli.done
  expect({ code, stderr }).toMatchObject({
    code: 130,
    stderr: expect.stringContaining('Interrupted by SIGINT'),
  })
})
