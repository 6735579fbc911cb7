import { afterAll, beforeAll } from '@jest/globals'
import { locationUrl } from '../../../backend/location.js'
import type { TestBucket } from '../../services/buckets.js'
import { FaultyProxy, type Seen } from '../../services/faulty-proxy.js'
import { obtained, programs } from '../../services/programs.js'
import type { CliOptions } from '../../stand-in/lab-cli.js'
import type { Sandbox } from '../../stand-in/sandbox.js'

/** What OpenTofu sends to write a state, and nothing else does: GCS names the object in the body only. */
export const isStateWrite = ({ method, url }: Seen): boolean =>
  (method === 'PUT' && /tofu\.tfstate(\?|$)/.test(url)) ||
  (method === 'POST' && url.startsWith('/upload/') && !url.includes('ifGenerationMatch'))

/** What a command needs to work with labs in a bucket, by an engine that locks there. */
export async function optionsFor(
  { env }: TestBucket,
  location: TestBucket['location'],
): Promise<Required<Pick<CliOptions, 'env'>>> {
  return {
    env: {
      ...env,
      GOOGLE_OAUTH_ACCESS_TOKEN: 'of-tests',
      DISTROLAB_TOFU: await obtained(programs.tofu),
      DISTROLAB_BACKEND: locationUrl(location),
    },
  }
}

/** Runs a command that must succeed, and returns what it printed. */
export async function ok(box: Sandbox, options: CliOptions, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await box.run(args, options)
  if (code !== 0) throw new Error(`${args.join(' ')} → ${code}\n${stdout}${stderr}`)
  return stdout
}

/** A proxy before a bucket's server, through which our store and OpenTofu both reach it. */
async function proxyBefore({ server, location }: TestBucket): Promise<FaultyProxy> {
  const proxy = await FaultyProxy.start(server.url)
  const { host } = new URL(server.url)
  // fake-gcs-server knows by this header that OpenTofu asks for an object; the signature of S3 covers it.
  if (location.kind === 'gcs') proxy.rewrite((seen) => ({ ...seen, headers: { ...seen.headers, host } }))
  return proxy
}

/**
 * Registers a bucket for the tests of a `describe`, and a proxy before it; both are there once the tests run. Our own
 * store, which tests look with, has its credentials from the environment.
 */
export function useBucket(start: () => Promise<TestBucket>): {
  readonly bucket: TestBucket
  readonly proxy: FaultyProxy
} {
  const used = {} as { bucket: TestBucket; proxy: FaultyProxy }
  beforeAll(async () => {
    used.bucket = await start()
    Object.assign(process.env, used.bucket.env)
    used.proxy = await proxyBefore(used.bucket)
  })
  afterAll(async () => {
    await used.proxy.stop()
    await used.bucket.stop()
  })
  return used
}
