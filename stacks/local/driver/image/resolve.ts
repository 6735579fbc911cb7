import { rename, rm } from 'node:fs/promises'
import { withGuard } from '../../../../backend/guard.js'
import type { Context } from '../context.js'
import { DriverError } from '../errors.js'
import { imageFiles } from '../files.js'
import { makeFolder } from '../folder.js'
import type { ImageBuild, ImageRequest, ImageResult, VendorImage } from '../protocol.js'
import { buildImage } from './build.js'
import { findCached, ImageCache } from './cache.js'
import { digestOf, download, removePart } from './download.js'
import { publishedId } from './published.js'
import { convertToQcow2, inspectDisk } from './qemu-img.js'

const HOUR_MS = 3_600_000
/** Another process may be downloading over a slow line. */
const GUARD_TIMEOUT_MS = 4 * HOUR_MS

/**
 * The image for a machine: pinned or recently checked ones from the cache without any network, else what the
 * vendor publishes now, else (host unreachable) any cached one of the distro, else a build. One process obtains,
 * others wait.
 */
export async function ensureImage(request: ImageRequest, context: Context): Promise<ImageResult> {
  const cache = new ImageCache(request.cache, request.image)
  const found = await findCached(request)
  if (found !== undefined) return found
  await makeFolder(cache.files.images)
  const onWait = (pid: number): void => context.report('wait', `process ${pid} is obtaining the same image`)
  return withGuard(
    cache.files.guard,
    { timeoutMs: GUARD_TIMEOUT_MS, onWait, signal: context.signal },
    async () => {
      context.signal.throwIfAborted()
      return (await findCached(request)) ?? obtain(cache, request, context)
    },
  )
}

async function obtain(cache: ImageCache, request: ImageRequest, context: Context): Promise<ImageResult> {
  try {
    const image = await obtainFresh(cache, request, context)
    await cache.remember(image.id)
    return image
  } finally {
    await rm(cache.files.work, { recursive: true, force: true })
  }
}

async function obtainFresh(cache: ImageCache, request: ImageRequest, context: Context): Promise<ImageResult> {
  const { vendor, build } = request.image
  if (vendor === undefined) return buildInto(cache, request, build, undefined, context)
  try {
    return await obtainVendor(cache, vendor, request.pinned, context)
  } catch (error) {
    if (build === undefined || !(error instanceof DriverError) || error.fault.code !== 'image-unreachable')
      throw error
    const reason = `${new URL(error.fault.url).host} cannot be reached (${error.fault.reason})`
    const cached = await cache.findAny()
    if (cached !== undefined) {
      context.report('resolve', `${reason}: using the cached ${cached.kind} image ${cached.id}`)
      return { ...cached, fallbackReason: reason }
    }
    context.report('resolve', `${reason}: building ${request.image.distro} from ${build.mirror}`)
    return buildInto(cache, request, build, reason, context)
  }
}

/** A file that changes at the server while it is downloaded shows as a wrong checksum: one fresh start is fair. */
async function obtainVendor(
  cache: ImageCache,
  vendor: VendorImage,
  pinned: string | undefined,
  context: Context,
): Promise<ImageResult> {
  try {
    return await downloadVendor(cache, vendor, pinned, context)
  } catch (error) {
    if (!(error instanceof DriverError) || error.fault.code !== 'checksum-mismatch') throw error
    context.report('resolve', 'wrong checksum: fetching the checksum file again and starting from scratch')
    return downloadVendor(cache, vendor, pinned, context)
  }
}

async function downloadVendor(
  cache: ImageCache,
  vendor: VendorImage,
  pinned: string | undefined,
  context: Context,
): Promise<ImageResult> {
  const id = await publishedId(vendor, context)
  if (pinned !== undefined && pinned !== id) throw new DriverError({ code: 'image-moved', pinned, now: id })
  const cached = await cache.find(id)
  if (cached !== undefined) return cached
  const job = { url: vendor.url, id, part: cache.files.partOf(id) }
  await download(job, context)
  const { work } = cache.files
  await rm(work, { recursive: true, force: true })
  await makeFolder(work)
  await toQcow2(job.part, imageFiles(work).disk, vendor.url, context)
  const image = await cache.adopt(work, { id, kind: 'vendor', source: vendor.url, firmware: vendor.firmware })
  await removePart(job)
  return image
}

async function toQcow2(source: string, target: string, url: string, context: Context): Promise<void> {
  const { format, virtualBytes } = await inspectDisk(source)
  if (format === 'qcow2') return rename(source, target)
  // qemu-img calls anything it does not know `raw`: an error page is not a disk.
  if (format === 'raw' && virtualBytes < 1024 * 1024) {
    throw new DriverError({
      code: 'image-invalid',
      url,
      reason: `${virtualBytes} bytes of no known disk format`,
    })
  }
  context.report('convert', `${format} to qcow2`)
  await convertToQcow2(source, target, { signal: context.signal, sourceFormat: format })
}

async function buildInto(
  cache: ImageCache,
  request: ImageRequest,
  build: ImageBuild | undefined,
  fallbackReason: string | undefined,
  context: Context,
): Promise<ImageResult> {
  if (build === undefined) throw new Error('an image source has a vendor or a build (see the schema)')
  await rm(cache.files.work, { recursive: true, force: true })
  const files = await buildImage(build, request.image.architecture, cache.files.work, context)
  const id = `sha256:${await digestOf(files.disk, 'sha256')}`
  const source = `${build.mirror} ${build.suite}`
  return cache.adopt(cache.files.work, { id, kind: 'built', source, firmware: 'kernel', fallbackReason })
}
