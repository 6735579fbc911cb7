import { createHash } from 'node:crypto'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BackendError } from './errors.js'
import { readBucketUrl, readEndpoint } from './url-parameters.js'

/** Where a backend is; one member for each kind of store. */
export type BackendLocation = DirectoryLocation | S3Location | GcsLocation

export interface DirectoryLocation {
  readonly kind: 'directory'
  /** Absolute and normalised. */
  readonly path: string
}

interface BucketLocation {
  readonly bucket: string
  /** Without slashes at its ends; empty for the bucket's root. */
  readonly prefix: string
  /** A server other than the provider's own; no slash at its end. */
  readonly endpoint?: string
}

export interface S3Location extends BucketLocation {
  readonly kind: 's3'
  readonly region: string
  /** `https://server/bucket` instead of `https://bucket.server`. */
  readonly pathStyle: boolean
  /**
   * Id, alias or ARN of the key that encrypts objects; without it, the bucket's default encryption applies.
   */
  readonly kmsKey?: string
}

export interface GcsLocation extends BucketLocation {
  readonly kind: 'gcs'
}

/** The location of a folder given as a path; relative ones count from the working directory. */
export const directoryLocation = (path: string): DirectoryLocation => ({
  kind: 'directory',
  path: resolve(path),
})

type UrlParser = (url: URL, given: string) => BackendLocation

const parsers: Readonly<Record<string, UrlParser>> = {
  'file:': parseFileUrl,
  's3:': parseS3Url,
  'gs:': parseGcsUrl,
}

/** Reads a backend URL. Throws BackendError `backend-url-invalid` that lists every problem. */
export function parseBackendUrl(given: string): BackendLocation {
  if (!URL.canParse(given)) throw invalid(given, ['expected a URL such as file:///home/me/labs'])
  const url = new URL(given)
  const parse = parsers[url.protocol]
  if (parse !== undefined) return parse(url, given)
  throw invalid(given, [`expected a URL that starts with ${Object.keys(parsers).join('//, ')}//`])
}

/** The URL that `parseBackendUrl` reads as this location. */
export function locationUrl(location: BackendLocation): string {
  switch (location.kind) {
    case 'directory':
      return pathToFileURL(location.path).href
    case 's3': {
      const { region, endpoint, pathStyle, kmsKey } = location
      const parameters = { region, endpoint, 'path-style': pathStyle ? 'true' : undefined, 'kms-key': kmsKey }
      return bucketUrl('s3', location, parameters)
    }
    case 'gcs':
      return bucketUrl('gs', location, { endpoint: location.endpoint })
  }
}

/** Where a person finds an object of a backend: a file's path, or a URL that the cloud's own tools accept. */
export function objectPlace(location: BackendLocation, key: string): string {
  if (location.kind === 'directory') return join(location.path, key)
  const { bucket, prefix } = location
  return `${location.kind === 's3' ? 's3' : 'gs'}://${[bucket, prefix, key].filter(Boolean).join('/')}`
}

/**
 * A short, stable name of a place: 8 hex digits. Only the place counts, not the way to it: a bucket is the
 * same in all regions of its provider, and by path or by host name. Two computers may have the same place;
 * ownership is decided by the backend's own id (`identity.ts`). Labs from before there was an id use this
 * name.
 */
export function placeId(location: BackendLocation): string {
  const place = location.kind === 'directory' ? locationUrl(location) : placeOf(location)
  return createHash('sha256').update(place).digest('hex').slice(0, 8)
}

/** The whole name, in its bucket, of the backend's `key`. */
export const pathInBucket = ({ prefix }: BucketLocation, key: string): string =>
  prefix === '' ? key : `${prefix}/${key}`

const placeOf = (location: S3Location | GcsLocation): string =>
  bucketUrl(location.kind, location, { endpoint: location.endpoint })

function bucketUrl(
  scheme: string,
  { bucket, prefix }: BucketLocation,
  parameters: Readonly<Record<string, string | undefined>>,
): string {
  const given = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  )
  const path = prefix === '' ? '' : `/${prefix}`
  return `${scheme}://${bucket}${path}${given.length === 0 ? '' : `?${given.join('&')}`}`
}

function parseFileUrl(url: URL, given: string): DirectoryLocation {
  const problems = ['expected file:/// and an absolute folder, without host or query']
  if (!given.startsWith('file:///') || url.search !== '' || url.hash !== '') throw invalid(given, problems)
  try {
    const path = fileURLToPath(url)
    if (isAbsolute(path) && !path.includes('\0')) return directoryLocation(path)
  } catch (error) {
    throw invalid(given, problems, error)
  }
  throw invalid(given, problems)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const isS3Bucket = (name: string): boolean => /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)
/** https://cloud.google.com/storage/docs/buckets#naming */
const isGcsBucket = (name: string): boolean => /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/.test(name)

function parseS3Url(url: URL, given: string): S3Location {
  const known = ['region', 'endpoint', 'path-style', 'kms-key']
  const { bucket, prefix, parameters, problems: found } = readBucketUrl(url, isS3Bucket, known)
  const problems = [...found]
  const endpoint = optional('endpoint', parameters.get('endpoint'), (text) => readEndpoint(text, problems))
  // Private servers rarely have regions, but every request is signed for one.
  const region = parameters.get('region') ?? (parameters.has('endpoint') ? 'us-east-1' : undefined)
  if (region === undefined) problems.push('region is missing: add ?region=R, the region of the bucket')
  else if (!/^[a-z0-9-]*$/.test(region))
    problems.push(`region is expected to be like eu-west-1, got "${region}"`)
  const pathStyle = parameters.get('path-style') ?? 'false'
  if (!['true', 'false'].includes(pathStyle))
    problems.push(`path-style is expected to be true or false, got "${pathStyle}"`)
  if (problems.length > 0 || region === undefined) throw invalid(given, problems)
  const kmsKey = optional('kmsKey', parameters.get('kms-key'), (text) => text)
  return { kind: 's3', bucket, prefix, region, pathStyle: pathStyle === 'true', ...endpoint, ...kmsKey }
}

function parseGcsUrl(url: URL, given: string): GcsLocation {
  const { bucket, prefix, parameters, problems: found } = readBucketUrl(url, isGcsBucket, ['endpoint'])
  const problems = [...found]
  const endpoint = optional('endpoint', parameters.get('endpoint'), (text) => readEndpoint(text, problems))
  if (problems.length > 0) throw invalid(given, problems)
  return { kind: 'gcs', bucket, prefix, ...endpoint }
}

function optional<K extends string>(
  name: K,
  given: string | undefined,
  read: (text: string) => string | undefined,
): { readonly [P in K]?: string } {
  const value = given === undefined || given === '' ? undefined : read(given)
  return value === undefined ? {} : ({ [name]: value } as { [P in K]: string })
}

const invalid = (given: string, problems: readonly string[], cause?: unknown): BackendError =>
  new BackendError({ code: 'backend-url-invalid', given, problems }, { cause })
