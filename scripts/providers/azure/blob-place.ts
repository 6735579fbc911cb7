/** A container of a storage account, or a blob in it. */
export interface BlobPlace {
  /** The account's blob URL: `https://ACCOUNT.blob.core.windows.net`. */
  readonly blobs: string
  readonly account: string
  readonly container: string
  /** The blob's whole name in the container, or a prefix; may be empty. */
  readonly path: string
}

const HOST = /^([a-z0-9]{3,24})\.(?:z\d+\.)?blob\./
const ADDRESS = /^\d+\.\d+\.\d+\.\d+$/
const CONTAINER = /^[a-z0-9](?:-?[a-z0-9]){2,62}$/

/**
 * `https://ACCOUNT.blob.core.windows.net/CONTAINER[/PATH]`, with any cloud's ending. If the host is an
 * address, as of an emulator, the account is the first part of the path. Undefined for anything else. Pure.
 */
export function parseBlobPlace(text: string): BlobPlace | undefined {
  if (!URL.canParse(text)) return undefined
  const { protocol, hostname, origin, pathname, search, username } = new URL(text)
  if (protocol !== 'https:' || search !== '' || username !== '') return undefined
  const words = decodeURIComponent(pathname).split('/').filter(Boolean)
  const isAddress = ADDRESS.test(hostname)
  const account = isAddress ? words.shift() : HOST.exec(hostname)?.[1]
  const [container = '', ...path] = words
  if (account === undefined || !CONTAINER.test(container)) return undefined
  const blobs = isAddress ? `${origin}/${account}` : origin
  return { blobs, account, container, path: path.join('/') }
}

/** The text that `parseBlobPlace` reads as this place. */
export const blobUrl = ({ blobs, container, path }: BlobPlace): string =>
  [blobs, container, ...path.split('/').map(encodeURIComponent)].join('/')
