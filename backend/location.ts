import { createHash } from 'node:crypto'
import { isAbsolute, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { BackendError } from './errors.js'

/** Where the truth is kept; one member per kind of store. */
export type BackendLocation = DirectoryLocation

export interface DirectoryLocation {
  readonly kind: 'directory'
  /** Absolute and normalised. */
  readonly path: string
}

/** The location of a folder given as a path; relative ones count from the working directory. */
export const directoryLocation = (path: string): DirectoryLocation => ({
  kind: 'directory',
  path: resolve(path),
})

type UrlParser = (url: URL, given: string) => BackendLocation

const parsers: Readonly<Record<string, UrlParser>> = {
  'file:': parseFileUrl,
  's3:': (_url, given) => notYet('s3', given),
  'gs:': (_url, given) => notYet('gs', given),
}

/**
 * Reads a backend URL. Throws BackendError `backend-url-invalid` (not a URL of a known scheme) or
 * `backend-unsupported` (a known kind that this version has no store for).
 */
export function parseBackendUrl(given: string): BackendLocation {
  if (!URL.canParse(given)) throw invalid(given, 'a URL such as file:///home/me/labs')
  const url = new URL(given)
  const parse = parsers[url.protocol]
  if (parse === undefined)
    throw invalid(given, `a URL that starts with ${Object.keys(parsers).join('//, ')}//`)
  return parse(url, given)
}

/** The URL that `parseBackendUrl` reads as this very location. */
export const locationUrl = (location: BackendLocation): string => pathToFileURL(location.path).href

/** Where an object of a backend is found by hand: a file's path. */
export const objectPlace = (location: BackendLocation, key: string): string => join(location.path, key)

/** A short, stable name of a backend for tags and folder names: 8 hex digits. */
export const backendId = (location: BackendLocation): string =>
  createHash('sha256').update(locationUrl(location)).digest('hex').slice(0, 8)

function parseFileUrl(url: URL, given: string): DirectoryLocation {
  const expected = 'file:/// and an absolute folder, without host or query'
  if (!given.startsWith('file:///') || url.search !== '' || url.hash !== '') throw invalid(given, expected)
  try {
    const path = fileURLToPath(url)
    if (isAbsolute(path) && !path.includes('\0')) return directoryLocation(path)
  } catch (error) {
    throw invalid(given, expected, error)
  }
  throw invalid(given, expected)
}

function notYet(kind: string, given: string): never {
  throw new BackendError({ code: 'backend-unsupported', given, kind })
}

const invalid = (given: string, expected: string, cause?: unknown): BackendError =>
  new BackendError({ code: 'backend-url-invalid', given, expected }, { cause })
