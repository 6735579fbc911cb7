import type { Context } from '../machine/context.js'
import { DriverError } from '../errors.js'
import type { PublishedResult, VendorImage } from '../protocol.js'
import { findDigest } from './checksum.js'
import { request, requestText } from '../download/http.js'
import { forImage } from './image-download.js'

const CHECKSUM_FILE_LIMIT = 1024 * 1024

/**
 * The id of the image that the vendor publishes now. Throws checksum-unknown, image-unreachable,
 * image-refused.
 */
export async function publishedId(vendor: VendorImage, context: Context): Promise<string> {
  const { url: image, checksum, digest: known } = vendor
  if (known !== undefined) return known
  if (checksum === undefined) throw new Error('an image has a checksum or a digest (see the schema)')
  const { url, format, algorithm } = checksum
  context.report('resolve', url)
  const text = await forImage(
    requestText(url, CHECKSUM_FILE_LIMIT, { signal: context.signal, ...context.environment }),
  )
  const file = decodeURIComponent(new URL(image).pathname.split('/').at(-1) ?? '')
  const digest = findDigest(text, file, format, algorithm)
  if (digest === undefined) throw new DriverError({ code: 'checksum-unknown', url, file })
  return `${algorithm}:${digest}`
}

/** The same, after making sure that the image also exists. */
export async function lookAtPublished(vendor: VendorImage, context: Context): Promise<PublishedResult> {
  const id = await publishedId(vendor, context)
  const options = { signal: context.signal, ...context.environment }
  const { headers } = await forImage(request(vendor.url, {}, options, 'HEAD'))
  const length = headers.get('content-length')
  const modified = Date.parse(headers.get('last-modified') ?? '')
  return {
    id,
    ...(length === null ? {} : { bytes: Number(length) }),
    ...(Number.isNaN(modified) ? {} : { modifiedAt: new Date(modified).toISOString() }),
  }
}
