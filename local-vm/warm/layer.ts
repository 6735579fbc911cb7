import { lstat, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { parseJson } from '../../backend/parse-json.js'
import { readIfPlain } from '../../backend/plain-file.js'
import { unlessAbsent } from '../errors.js'
import { putFile } from '../machine/folder.js'
import type { Firmware } from '../protocol.js'
import { layerFiles, type LayerFiles, warmCacheFiles } from './layer-files.js'

/** The warm images on this computer. A folder under its final name is complete: it appears by rename. */

export interface Layer {
  readonly key: string
  readonly files: LayerFiles
  readonly distro: string
  readonly imageId: string
  readonly firmware: Firmware
  readonly vcpus: number
  readonly memoryMiB: number
  readonly diskGiB: number
  readonly hasNetwork: boolean
}

type LayerMeta = Omit<Layer, 'key' | 'files'> & { readonly stamps: Readonly<Record<string, string>> }

const KEY = /^[0-9a-f]{32}$/

/** Undefined if there is none. `changed`: it is not what was stored, and must not be used. */
export async function findLayer(cache: string, key: string): Promise<Layer | 'changed' | undefined> {
  const files = layerFiles(warmCacheFiles(cache).layerOf(key))
  const text = await unlessAbsent(
    files.meta,
    readIfPlain(files.meta).catch(() => ''),
  )
  if (text === undefined) return (await exists(files.directory)) ? 'changed' : undefined
  const meta = asMeta(parseJson(text))
  if (meta === undefined) return 'changed'
  const { stamps, ...rest } = meta
  for (const file of partsOf(files, meta.firmware)) {
    if (stamps[basename(file)] !== (await stampOf(file))) return 'changed'
  }
  return { key, files, ...rest }
}

/** Those of any key, with their size on disk in bytes; also those that can no longer be used. */
export async function listLayers(
  cache: string,
): Promise<(Layer & { readonly bytes: number; readonly usedAt: number })[]> {
  const places = warmCacheFiles(cache)
  const names = (await readdir(places.warm).catch((): string[] => [])).filter((name) => KEY.test(name))
  const found = await Promise.all(
    names.map(async (key) => {
      const layer = await findLayer(cache, key)
      if (layer === undefined || layer === 'changed') return undefined
      const { bytes, usedAt } = await sizeOf(places.layerOf(key))
      return { ...layer, bytes, usedAt }
    }),
  )
  return found.filter((layer) => layer !== undefined)
}

/** On disk; the files are sparse. */
export async function sizeOf(
  directory: string,
): Promise<{ readonly bytes: number; readonly usedAt: number }> {
  const names = await readdir(directory).catch((): string[] => [])
  const all = await Promise.all(names.map((name) => lstat(join(directory, name)).catch(() => undefined)))
  const stats = all.filter((one) => one !== undefined)
  return {
    bytes: stats.reduce((sum, { blocks }) => sum + blocks * 512, 0),
    usedAt: Math.max(0, ...stats.map(({ mtimeMs }) => mtimeMs)),
  }
}

/** Its `usedAt` is now. */
export const markAsUsed = ({ files: { meta } }: Layer): Promise<void> => {
  const now = new Date()
  return utimes(meta, now, now)
}

/** Removes those that were not used for the longest time, until the others fit into `limitBytes`. `kept`: never this one. */
export async function keepWithin(cache: string, limitBytes: number, kept: string): Promise<void> {
  const layers = (await listLayers(cache)).sort((a, b) => b.usedAt - a.usedAt)
  const own = layers.find(({ key }) => key === kept)?.bytes ?? 0
  let left = limitBytes - own
  for (const { key, bytes } of layers) {
    if (key === kept) continue
    left -= bytes
    if (left < 0) await discardLayer(cache, key)
  }
}

/** Machines that run on its memory keep it until they end. */
export async function discardLayer(cache: string, key: string): Promise<void> {
  if (!KEY.test(key)) return
  await rm(warmCacheFiles(cache).layerOf(key), { recursive: true, force: true })
}

/** Moves a finished folder, whose files are complete, to its place. */
export async function adoptLayer(
  cache: string,
  key: string,
  from: string,
  facts: Omit<LayerMeta, 'stamps'>,
): Promise<void> {
  const files = layerFiles(from)
  const stamps: Record<string, string> = {}
  for (const file of partsOf(files, facts.firmware)) stamps[basename(file)] = (await stampOf(file)) ?? ''
  await putFile(files.meta, `${JSON.stringify({ ...facts, stamps } satisfies LayerMeta, null, 2)}\n`)
  await discardLayer(cache, key)
  await rename(from, warmCacheFiles(cache).layerOf(key))
}

const partsOf = ({ disk, memory, devices, variables }: LayerFiles, firmware: Firmware): readonly string[] =>
  firmware === 'uefi' ? [disk, memory, devices, variables] : [disk, memory, devices]

/** The names of the files that a warm image may consist of. */
export const partNames: ReadonlySet<string> = new Set(
  [...partsOf(layerFiles('/'), 'uefi'), layerFiles('/').meta].map((file) => basename(file)),
)

/** A file that was written to, cut short or replaced looks different. */
async function stampOf(file: string): Promise<string | undefined> {
  const found = await unlessAbsent(file, lstat(file))
  return found?.isFile() === true ? `${found.size} ${found.mtimeMs} ${found.ino}` : undefined
}

const exists = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined)) !== undefined

function asMeta(value: unknown): LayerMeta | undefined {
  const meta = (typeof value === 'object' && value !== null ? value : {}) as Partial<LayerMeta>
  const texts = [meta.distro, meta.imageId, meta.firmware]
  const numbers = [meta.vcpus, meta.memoryMiB, meta.diskGiB]
  const isWhole =
    texts.every((text) => typeof text === 'string' && /^[a-z0-9][a-z0-9.:-]{0,200}$/.test(text)) &&
    numbers.every(Number.isSafeInteger) &&
    typeof meta.hasNetwork === 'boolean' &&
    typeof meta.stamps === 'object' &&
    meta.stamps !== null
  return isWhole ? (meta as LayerMeta) : undefined
}
