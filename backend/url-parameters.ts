import { distance } from 'fastest-levenshtein'

/** The parts of a backend URL that make up a bucket's location, and everything wrong with them. */
export interface BucketUrl {
  readonly bucket: string
  /** Without slashes at its ends; empty for the bucket's root. */
  readonly prefix: string
  readonly parameters: ReadonlyMap<string, string>
  readonly problems: readonly string[]
}

/** Splits `scheme://bucket/prefix?name=value`. Only parameters in `known` may occur, each once. */
export function readBucketUrl(
  url: URL,
  isBucket: (name: string) => boolean,
  known: readonly string[],
): BucketUrl {
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '')
  const problems: string[] = []
  if (!isBucket(url.hostname))
    problems.push(`the bucket's name is expected after ${url.protocol}//, got "${url.hostname}"`)
  if (url.username !== '' || url.password !== '') {
    problems.push(
      "credentials do not belong in the URL, which is recorded: use the provider's own variables and files",
    )
  }
  if (url.port !== '')
    problems.push(`no port is expected, got ${url.port}: use endpoint=URL to name a server`)
  if (url.hash !== '') problems.push(`nothing is expected after #, got "${url.hash}"`)
  if (prefix !== '' && !prefix.split('/').every(isSegment)) {
    problems.push(
      `the prefix is expected to consist of letters, digits, ".", "_" and "-" between slashes, got "${prefix}"`,
    )
  }
  for (const name of new Set(url.searchParams.keys())) {
    if (!known.includes(name)) problems.push(`unknown parameter "${name}"${didYouMean(name, known)}`)
    else if (url.searchParams.getAll(name).length > 1) problems.push(`${name} is given more than once`)
    else if (url.searchParams.get(name) === '') problems.push(`${name} has no value`)
  }
  return { bucket: url.hostname, prefix, parameters: new Map(url.searchParams), problems }
}

/** A server's URL without a slash at its end; undefined, with a problem, for anything else. */
export function readEndpoint(given: string, problems: string[]): string | undefined {
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isServer = url !== undefined && ['http:', 'https:'].includes(url.protocol)
  if (isServer && url.username === '' && url.search === '' && url.hash === '')
    return url.href.replace(/\/+$/, '')
  problems.push(`endpoint is expected to be a URL such as https://minio.example.org:9000, got "${given}"`)
  return undefined
}

const isSegment = (segment: string): boolean => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(segment)

function didYouMean(given: string, known: readonly string[]): string {
  const word = given.toLowerCase().replaceAll('_', '-')
  const near = known.find((name) => distance(word, name) <= Math.min(3, Math.ceil(name.length / 3)))
  return `: ${near === undefined ? `known parameters: ${known.join(', ')}` : `did you mean ${near}?`}`
}
