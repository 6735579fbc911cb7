import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DownloadError } from '../../local-vm/download/download-error.js'
import { download, type DownloadContext } from '../../local-vm/download/download.js'
import { request } from '../../local-vm/download/http.js'
import { run, RunError } from '../run.js'
import { engineFolder } from '../workspace.js'
import type { ObtainOptions } from './obtain-options.js'
import { release, type Archive } from './release.js'

/** A server that sends nothing for this long has failed. */
const STALL_MS = 30_000

/** Puts the release's `tofu` into `folder` after checking its archive's digest. Returns why it failed. */
export async function downloadRelease(options: ObtainOptions, folder: string): Promise<string | undefined> {
  const { archive } = options
  if (archive === undefined) return noRelease()
  const { url, headers } = locate(options, archive)
  const part = join(engineFolder(options.env), `${archive.sha256}.part`)
  try {
    await download({ url, headers, id: `sha256:${archive.sha256}`, part }, contextOf(options))
    await run('tar', ['-xzf', part, '-C', folder, '--no-same-owner', 'tofu'])
    await rm(part)
    return undefined
  } catch (error) {
    options.signal.throwIfAborted()
    return `the release at ${url}: ${reasonOf(error)}`
  }
}

/** Where `downloadRelease` would download from, or why it could not; downloads nothing. */
export async function probeRelease(
  options: ObtainOptions,
): Promise<{ readonly url: string; readonly failure?: string }> {
  const { archive } = options
  if (archive === undefined) return { url: options.mirror ?? release.origin, failure: noRelease() }
  const { url, headers } = locate(options, archive)
  try {
    const { environment } = contextOf(options)
    const response = await request(url, headers, { signal: options.signal, ...environment })
    await response.body?.cancel()
    return { url }
  } catch (error) {
    options.signal.throwIfAborted()
    return { url, failure: `the release at ${url}: ${reasonOf(error)}` }
  }
}

const noRelease = (): string =>
  `OpenTofu ${release.version} has no release for ${process.platform} on ${process.arch}`

/**
 * A mirror's user and password go into a header: `fetch` refuses a URL that contains them, and no message may
 * show them.
 */
function locate(
  { mirror }: ObtainOptions,
  archive: Archive,
): { url: string; headers: Record<string, string> } {
  const url = new URL(`${(mirror ?? release.origin).replace(/\/+$/, '')}/${archive.path}`)
  const { username, password } = url
  if (username === '') return { url: url.href, headers: {} }
  url.username = ''
  url.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url: url.href, headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}

const contextOf = ({ env, signal, progress }: ObtainOptions): DownloadContext => ({
  environment: { stallMs: STALL_MS, proxied: env.proxied },
  signal,
  report: (_phase, message, amount) =>
    progress.detail(amount === undefined ? message : `${message}: ${megabytes(amount.done)} MB`),
})

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

function reasonOf(error: unknown): string {
  if (error instanceof RunError) {
    const { failure } = error
    return `tar could not unpack it: ${failure.kind === 'spawn-failed' ? failure.reason : failure.stderr}`
  }
  if (!(error instanceof DownloadError)) return error instanceof Error ? error.message : String(error)
  const { fault } = error
  switch (fault.code) {
    case 'refused':
      return `HTTP ${fault.status}`
    case 'unreachable':
    case 'place-unwritable':
      return fault.reason
    case 'checksum-mismatch':
      return `its checksum is ${fault.got}, not the pinned ${fault.expected}; it was removed`
    case 'truncated':
      return `it ended after ${fault.got} of ${fault.expected} bytes`
    case 'disk-full':
      return `no room is left at ${fault.place}`
  }
}
