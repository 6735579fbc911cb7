import { chmod, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPlain } from '../../backend/plain-file.js'
import { cacheFiles, type CacheFiles, imageFiles } from '../files.js'
import { PRIVATE_FILE, putFile } from '../machine/folder.js'
import type { Firmware, ImageRequest, ImageResult, ImageSource } from '../protocol.js'
import { areAsStored, digestsOf, partsOf, type Digests } from './verified.js'

/** The images on this computer. A directory under its final name is complete: it appears by rename. */

interface ImageMeta {
  readonly id: string
  readonly distro: string
  readonly architecture: string
  readonly kind: 'vendor' | 'built'
  readonly source: string
  readonly firmware: Firmware
  readonly fallbackReason?: string | undefined
  readonly digests?: Digests | undefined
}

interface ImageIndex {
  readonly id: string
  /** Milliseconds since the epoch: when the network was last asked. */
  readonly checkedAt: number
}

/** Ids come from records and files; any other text could be a path. */
const ID = /^sha(256|512):[0-9a-f]+$/
const HOUR_MS = 3_600_000
const DEFAULT_MAX_AGE_HOURS = 24

/** What this computer already has, without the network: the pinned image, or the recent newest one. */
export async function findCached(
  request: ImageRequest,
  cache = new ImageCache(request.cache, request.image),
): Promise<ImageResult | undefined> {
  if (request.pinned !== undefined) return cache.find(request.pinned)
  return cache.findFresh((request.maxAgeHours ?? DEFAULT_MAX_AGE_HOURS) * HOUR_MS)
}

export class ImageCache {
  readonly files: CacheFiles
  private readonly prefix: string

  /**
   * `onChanged` is called with the folder of an image that has changed since it was stored; the image then
   * counts as absent.
   */
  constructor(
    cache: string,
    private readonly image: ImageSource,
    private readonly onChanged: (id: string, directory: string) => Promise<void> = async () => undefined,
  ) {
    this.prefix = `${image.distro}-${image.architecture}`
    this.files = cacheFiles(cache, this.prefix)
  }

  /** The image with this id; undefined if it is not completely cached, or has changed since it was stored. */
  async find(id: string): Promise<ImageResult | undefined> {
    if (!ID.test(id)) return undefined
    const files = imageFiles(this.files.imageOf(id))
    const meta = await readJson<ImageMeta>(files.meta)
    const disk = await stat(files.disk).catch(() => undefined)
    if (meta === undefined || disk === undefined) return undefined
    const { kind, source, firmware, fallbackReason, digests } = meta
    // The file was cut short, or comes from another version.
    if (digests === undefined) return undefined
    if (!(await areAsStored(files, firmware, digests))) {
      await this.onChanged(id, files.directory)
      return undefined
    }
    return {
      id,
      kind,
      source,
      firmware,
      directory: files.directory,
      bytes: disk.size,
      cached: true,
      fallbackReason,
    }
  }

  /** The newest known image of the distro, if the network was asked within `maxAgeMs`. */
  async findFresh(maxAgeMs: number): Promise<ImageResult | undefined> {
    const index = await readJson<ImageIndex>(this.files.index)
    const age = index === undefined ? Infinity : Date.now() - index.checkedAt
    if (index === undefined || age > maxAgeMs || age < 0) return undefined
    return this.find(index.id)
  }

  /** Any images of the distro, the newest first: the fallback when its host cannot be reached. */
  async findAny(): Promise<ImageResult | undefined> {
    const indexed = await this.findFresh(Infinity)
    if (indexed !== undefined) return indexed
    const names = await readdir(this.files.images).catch((): string[] => [])
    const metas = await Promise.all(names.map((name) => this.metaOf(join(this.files.images, name))))
    const mine = metas.filter((entry) => entry !== undefined).sort((a, b) => b.madeAt - a.madeAt)[0]
    return mine === undefined ? undefined : this.find(mine.id)
  }

  private async metaOf(directory: string): Promise<{ id: string; madeAt: number } | undefined> {
    const { meta: file } = imageFiles(directory)
    const meta = await readJson<ImageMeta>(file)
    if (meta?.distro !== this.image.distro || meta.architecture !== this.image.architecture) return undefined
    return { id: meta.id, madeAt: (await stat(file)).mtimeMs }
  }

  /**
   * Moves a finished directory to its place (a directory with the same id that lost its files is replaced).
   * `known`: digests that are already computed.
   */
  async adopt(
    directory: string,
    image: Omit<ImageResult, 'directory' | 'bytes' | 'cached'>,
    known: Digests,
  ): Promise<ImageResult> {
    const { distro, architecture } = this.image
    const place = this.files.imageOf(image.id)
    const files = imageFiles(directory)
    const digests = await digestsOf(files, image.firmware, known)
    // A machine's files are links to them.
    for (const file of partsOf(files, image.firmware)) await chmod(file, PRIVATE_FILE)
    await write(files.meta, { ...image, distro, architecture, digests } satisfies ImageMeta)
    await rm(place, { recursive: true, force: true })
    await rename(directory, place)
    const found = await this.find(image.id)
    if (found === undefined) throw new Error(`the image just stored in ${place} has vanished`)
    return { ...found, cached: false }
  }

  async remember(id: string): Promise<void> {
    await write(this.files.index, { id, checkedAt: Date.now() } satisfies ImageIndex)
  }
}

const write = (file: string, value: object): Promise<void> =>
  putFile(file, `${JSON.stringify(value, null, 2)}\n`)

/** Absent and unreadable mean the same here, because this is only a cache. */
async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    const text = await readIfPlain(file)
    return text === undefined ? undefined : (JSON.parse(text) as T)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
