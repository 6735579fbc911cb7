import { afterAll, afterEach, beforeAll } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { locationUrl, type BackendLocation } from '../../../backend/location.js'
import type { InitResult } from '../../../scripts/setup/init-result.js'
import { startFakeGcs, startMoto, startVersitygw, type TestBucket } from '../../services/buckets.js'
import { FaultyProxy } from '../../services/faulty-proxy.js'
import { CliProcess, type CliRun } from '../../stand-in/lab-cli.js'
import { temporaryFolder } from '../cli/support.js'

type Variables = Readonly<Record<string, string>>

export type ServerName = 'moto' | 'versitygw' | 'gcs'

/** Registers the start and end of one server of each kind. */
export function useBuckets(): (server: ServerName) => TestBucket {
  let buckets: Record<ServerName, TestBucket> | undefined
  beforeAll(async () => {
    const [moto, versitygw, gcs] = await Promise.all([startMoto(), startVersitygw(), startFakeGcs()])
    buckets = { moto, versitygw, gcs }
    Object.assign(process.env, moto.env)
  }, 90_000)
  afterAll(() => Promise.all(Object.values(buckets ?? {}).map((bucket) => bucket.stop())))
  return (server) => {
    if (buckets === undefined) throw new Error('the servers have not been started')
    return buckets[server]
  }
}

/** Registers the end of proxies; returns what starts one before a server. */
export function useProxies(): (bucket: TestBucket) => Promise<FaultyProxy> {
  const proxies: FaultyProxy[] = []
  afterEach(() => Promise.all(proxies.splice(0).map((proxy) => proxy.stop())))
  return async (bucket) => {
    const proxy = await FaultyProxy.start(bucket.server.url)
    proxies.push(proxy)
    return proxy
  }
}

/** A user's environment with nothing in it but a backend. */
export function environmentFor(location: BackendLocation, variables: Variables = {}): NodeJS.ProcessEnv {
  const root = temporaryFolder()
  const { PATH, LANG } = process.env
  return {
    PATH,
    LANG,
    HOME: root,
    DISTROLAB_HOME: join(root, 'home'),
    DISTROLAB_CACHE: join(root, 'cache'),
    AWS_EC2_METADATA_DISABLED: 'true',
    METADATA_SERVER_DETECTION: 'none',
    DISTROLAB_BACKEND: locationUrl(location),
    ...variables,
  }
}

/** `distrolab backend ARGS`, without a terminal. */
export const backendCli = (
  location: BackendLocation,
  variables: Variables,
  ...args: string[]
): Promise<CliRun> => new CliProcess(['backend', ...args], environmentFor(location, variables), {}).done

/** The result of `backend init`, which must succeed. */
export async function initialise({ env }: TestBucket, location: BackendLocation): Promise<InitResult> {
  const run = await backendCli(location, env, 'init', '-o', 'json')
  if (run.code !== 0) throw new Error(`→ ${run.code}\n${run.stdout}${run.stderr}`)
  return run.json<InitResult>()
}

/** `distrolab backend ARGS` at a terminal, where `answer` is typed: what appears there, and the exit code. */
export async function backendAtTerminal(
  location: BackendLocation,
  variables: Variables,
  answer: string,
  ...args: string[]
): Promise<{ readonly code: number; readonly screen: string }> {
  const cli = fileURLToPath(new URL('../../../bundle/cli.js', import.meta.url))
  const command = ['exec', process.execPath, cli, 'backend', ...args].join(' ')
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    env: { ...environmentFor(location, variables), TERM: 'dumb' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  // The end of its input would be the end of the terminal.
  child.stdin.write(`${answer}\n`)
  const screen = await text(child.stdout)
  const [code] = (await ended) as [number]
  return { code, screen }
}
