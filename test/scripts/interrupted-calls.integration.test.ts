import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2'
import { S3Client, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { createDefaultHttpClient, createPipelineRequest } from '@azure/core-rest-pipeline'
import { afterAll, expect, test } from '@jest/globals'
import { OAuth2Client } from 'google-auth-library'
import { fetch as undiciFetch } from 'undici'
import { explainAwsError } from '../../scripts/providers/aws/client.js'
import { asLabError } from '../../scripts/providers/azure/explain.js'
import { explainGoogleError } from '../../scripts/providers/google/errors.js'
import { LabError } from '../../scripts/errors.js'
import { reasonOf } from '../../scripts/interrupt.js'
import '../support/cli/support.js'

/** It takes every request, and answers none. */
const server = createServer(() => undefined).listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

const aws = { region: 'eu-west-1', endpoint: url, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } }
const asIs = (error: unknown): unknown => error

test.each<[string, (signal: AbortSignal) => Promise<unknown>, (error: unknown) => unknown]>([
  [
    'EC2',
    (abortSignal) => new EC2Client(aws).send(new DescribeInstancesCommand({}), { abortSignal }),
    explainAwsError,
  ],
  [
    'S3',
    (abortSignal) => new S3Client(aws).send(new ListObjectsV2Command({ Bucket: 'b' }), { abortSignal }),
    asIs,
  ],
  [
    'Azure',
    (abortSignal) =>
      createDefaultHttpClient().sendRequest(
        createPipelineRequest({ url, abortSignal, allowInsecureConnection: true }),
      ),
    asLabError,
  ],
  [
    'Google',
    (signal) => {
      const client = new OAuth2Client()
      client.setCredentials({ access_token: 'x', expiry_date: Date.now() + 3_600_000 })
      return client.request({ url, signal })
    },
    explainGoogleError,
  ],
  ['a page', (signal) => undiciFetch(url, { signal }), asIs],
  ["Node's own", (signal) => fetch(url, { signal }), asIs],
])('a call of %s that an interrupt ends is told as the interrupt', async (_client, ask, explained) => {
  const controller = new AbortController()
  const interrupted = new LabError({ code: 'interrupted', signal: 'SIGINT' })
  const asked = ask(controller.signal).then(
    () => undefined,
    (error: unknown) => error,
  )
  await once(server, 'request')
  controller.abort(interrupted)
  expect(reasonOf(controller.signal, explained(await asked))).toBe(interrupted)
})
