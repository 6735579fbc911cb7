import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client, type BucketLocationConstraint } from '@aws-sdk/client-s3'
import type { GcsLocation, S3Location } from '../../backend/location.js'
import { quietLibraries } from '../../scripts/env.js'
import { obtained, programs } from './programs.js'
import { startServer, type Server } from './server.js'

/** A bucket on a real server, and how to reach it. */
export interface TestBucket {
  readonly location: S3Location | GcsLocation
  readonly server: Server
  /** The environment with which a process may use it. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

quietLibraries()

const MOTO = createRequire(import.meta.url).resolve('#package/test/services/moto-server.py')
const BUCKET = 'labs-of-tests'
const credentials = { accessKeyId: 'tester', secretAccessKey: 'secret-of-tests' }
const s3Env = {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
}

/** moto: the whole S3 interface, in Python. */
export async function startMoto(): Promise<TestBucket> {
  const server = await startMotoServer()
  return s3Bucket(server, () => server.stop())
}

export const startMotoServer = async (env: Readonly<Record<string, string>> = {}): Promise<Server> =>
  startServer({
    program: await obtained(programs.moto),
    args: (port) => [MOTO, '-H', '127.0.0.1', '-p', String(port)],
    path: '/moto-api/',
    env,
  })

/** versitygw: an S3 server on a folder. `users`: with its own accounts, in addition to the root's. */
export async function startVersitygw({ region = 'us-east-1', users = false } = {}): Promise<TestBucket> {
  const folder = await mkdtemp(join(tmpdir(), 'distrolab-versitygw-'))
  for (const name of ['data', 'iam']) await mkdir(join(folder, name))
  const accounts = users ? ['--iam-dir', join(folder, 'iam')] : []
  const server = await startServer({
    program: await obtained(programs.versitygw),
    args: (port) => [
      ...['--port', `127.0.0.1:${port}`, '--quiet', '--region', region, ...accounts],
      ...['posix', join(folder, 'data')],
    ],
    env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
  })
  const stop = async (): Promise<void> => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return s3Bucket(server, stop, region)
}

async function s3Bucket(
  server: Server,
  stop: () => Promise<void>,
  region = 'us-east-1',
): Promise<TestBucket> {
  const client = new S3Client({
    region,
    endpoint: server.url,
    forcePathStyle: true,
    credentials,
  })
  const LocationConstraint = region as BucketLocationConstraint
  const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint } }
  await client.send(new CreateBucketCommand({ Bucket: BUCKET, ...place }))
  client.destroy()
  const location: S3Location = {
    kind: 's3',
    bucket: BUCKET,
    prefix: 'team',
    region,
    endpoint: server.url,
    pathStyle: true,
  }
  return { location, server, env: s3Env, stop }
}

/** fake-gcs-server, with everything in memory. */
export async function startFakeGcs(): Promise<TestBucket> {
  const server = await startServer({
    program: await obtained(programs.fakeGcs),
    args: (port) => [
      ...['-backend', 'memory', '-scheme', 'http', '-host', '127.0.0.1', '-port', String(port)],
      // Go's client reads through the XML interface, which is recognised by the Host header.
      ...['-public-host', `127.0.0.1:${port}`],
    ],
    path: '/storage/v1/b',
  })
  const made = await fetch(`${server.url}/storage/v1/b`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: BUCKET }),
  })
  if (!made.ok) throw new Error(`the bucket could not be made: ${await made.text()}`)
  return {
    location: { kind: 'gcs', bucket: BUCKET, prefix: 'team', endpoint: server.url },
    server,
    env: {},
    stop: () => server.stop(),
  }
}

/** A server's name in titles, and how it is started. */
export type BucketServer = readonly [name: string, start: () => Promise<TestBucket>]

/** Servers that pip installs. */
export const pipServers: readonly BucketServer[] = [['S3 (moto)', startMoto]]

/** Servers that are built from Go modules. */
export const goServers: readonly BucketServer[] = [
  ['S3 (versitygw)', startVersitygw],
  ['GCS (fake-gcs-server)', startFakeGcs],
]

export const bucketServers: readonly BucketServer[] = [...pipServers, ...goServers]

/** The same bucket under another prefix, which a store sees as empty. */
export const withPrefix = <L extends S3Location | GcsLocation>(location: L, prefix: string): L => ({
  ...location,
  prefix,
})
