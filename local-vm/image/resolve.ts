import { rename, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { withGuard } from '../../backend/guard.js'
import type { Context } from '../machine/context.js'
import { DriverError } from '../errors.js'
import { imageFiles } from '../files.js'
import { makeFolder } from '../machine/folder.js'
import type { ImageBuild, ImageRequest, ImageResult, VendorImage } from '../protocol.js'
import { buildImage } from './build.js'
import { findCached, ImageCache } from './cache.js'
import { digestOf } from '../download/digest.js'
import { inspectDisk } from './disk-header.js'
import { download, removePart } from '../download/download.js'
import { forImage } from './image-download.js'
import { publishedId } from './published.js'
import { convertToQcow2 } from './qemu-img.js'

const HOUR_MS = 3_600_000
/** Another process may be downloading over a slow line. */
const GUARD_TIMEOUT_MS = 4 * HOUR_MS

/**
 * The image for a machine. Pinned and recently checked images come from the cache without the network; else
 * what the vendor publishes now; else, if the host is unreachable, any cached image of the distro; else a
 * build. One process obtains it while others wait.
 */
export async function ensureImage(request: ImageRequest, context: Context): Promise<ImageResult> {
  const discarded: string[] = []
  const cache = new ImageCache(request.cache, request.image, async (id, directory) => {
    context.report('verify', `the cached image ${id} has changed since it was stored: fetching it again`)
    await rm(directory, { recursive: true, force: true })
    discarded.push(id)
  })
  const found = await findCached(request)
  if (found !== undefined) return found
  await makeFolder(cache.files.images)
  const onWait = (pid: number): void => context.report('wait', `process ${pid} is obtaining the same image`)
  return withGuard(
    cache.files.guard,
    { timeoutMs: GUARD_TIMEOUT_MS, onWait, signal: context.signal },
    async () => {
      context.signal.throwIfAborted()
      const image = (await findCached(request, cache)) ?? (await obtain(cache, request, context))
      return discarded.length === 0 ? image : { ...image, replaced: true }
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

/** A file that changes on the server during the download shows as a wrong checksum: allow one fresh start. */
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
  await forImage(download(job, context))
  const { work } = cache.files
  await rm(work, { recursive: true, force: true })
  await makeFolder(work)
  const { disk } = imageFiles(work)
  const isAsPublished = (await toQcow2(job.part, disk, vendor.url, context)) === 'as it was'
  const known = isAsPublished ? { [basename(disk)]: id } : {}
  const { url: source, firmware } = vendor
  const image = await cache.adopt(work, { id, kind: 'vendor', source, firmware }, known)
  await removePart(job)
  return image
}

async function toQcow2(
  source: string,
  target: string,
  url: string,
  context: Context,
): Promise<'as it was' | 'converted'> {
  const { format } = await inspectDisk(source, url)
  if (format === 'qcow2') {
    await rename(source, target)
    return 'as it was'
  }
  context.report('convert', `${format} to qcow2`)
  await convertToQcow2(source, target, { signal: context.signal, sourceFormat: format })
  return 'converted'
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
  const image = { id, kind: 'built', source, firmware: 'kernel', fallbackReason } as const
  return cache.adopt(cache.files.work, image, { [basename(files.disk)]: id })
}
