import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import type { GcsLocation, S3Location } from '../../backend/location.js'
import { quietLibraries } from '../../scripts/env.js'
import { obtained, programs } from './programs.js'
import { startServer, type Server } from './server.js'

/** A bucket on a real server, and how to reach it. */
export interface TestBucket {
  readonly location: S3Location | GcsLocation
  readonly server: Server
  /** What a process needs in its environment to be let in. */
  readonly env: Readonly<Record<string, string>>
  stop(): Promise<void>
}

quietLibraries()

const BUCKET = 'labs-of-tests'
const credentials = { accessKeyId: 'tester', secretAccessKey: 'secret-of-tests' }
const s3Env = {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_EC2_METADATA_DISABLED: 'true',
}

/** moto: the whole S3 interface, in Python. */
export async function startMoto(): Promise<TestBucket> {
  const server = await startServer({
    program: await obtained(programs.moto),
    args: (port) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    path: '/moto-api/',
  })
  return s3Bucket(server, () => server.stop())
}

/** versitygw: an S3 server on a folder. */
export async function startVersitygw(): Promise<TestBucket> {
  const folder = await mkdtemp(join(tmpdir(), 'distrolab-versitygw-'))
  await mkdir(join(folder, 'data'))
  const server = await startServer({
    program: await obtained(programs.versitygw),
    args: (port) => ['--port', `127.0.0.1:${port}`, '--quiet', 'posix', join(folder, 'data')],
    env: { ROOT_ACCESS_KEY: credentials.accessKeyId, ROOT_SECRET_KEY: credentials.secretAccessKey },
  })
  return s3Bucket(server, async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })
}

async function s3Bucket(server: Server, stop: () => Promise<void>): Promise<TestBucket> {
  const client = new S3Client({
    region: 'us-east-1',
    endpoint: server.url,
    forcePathStyle: true,
    credentials,
  })
  await client.send(new CreateBucketCommand({ Bucket: BUCKET }))
  client.destroy()
  const place = { bucket: BUCKET, prefix: 'team', region: 'us-east-1', endpoint: server.url } as const
  return { location: { kind: 's3', ...place, pathStyle: true }, server, env: s3Env, stop }
}

/** fake-gcs-server, with everything in memory. */
export async function startFakeGcs(): Promise<TestBucket> {
  const server = await startServer({
    program: await obtained(programs.fakeGcs),
    args: (port) => [
      ...['-backend', 'memory', '-scheme', 'http', '-host', '127.0.0.1', '-port', String(port)],
      // Go's client reads by the XML interface, which is told from the other one by the Host header.
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

export const bucketServers = [
  ['S3 (moto)', startMoto],
  ['S3 (versitygw)', startVersitygw],
  ['GCS (fake-gcs-server)', startFakeGcs],
] as const

/** The same bucket under a prefix of its own: empty, as far as a store sees. */
export const withPrefix = <L extends S3Location | GcsLocation>(location: L, prefix: string): L => ({
  ...location,
  prefix,
})
