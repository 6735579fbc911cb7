import { join } from 'node:path'

/** Every file name of warm images, declared once. */

export interface LayerFiles {
  readonly directory: string
  readonly meta: string
  /** Backed by a `base.qcow2` beside it, which each clone brings along. */
  readonly disk: string
  readonly memory: string
  /** The state of QEMU's devices. */
  readonly devices: string
  /** Only with UEFI. */
  readonly variables: string
}

export function layerFiles(directory: string): LayerFiles {
  return {
    directory,
    meta: join(directory, 'meta.json'),
    disk: join(directory, 'disk.qcow2'),
    memory: join(directory, 'memory'),
    devices: join(directory, 'devices'),
    variables: join(directory, 'variables.qcow2'),
  }
}

export interface WarmCacheFiles {
  readonly warm: string
  layerOf(key: string): string
  /** Held while an image is made: one at a time. */
  readonly guard: string
  /** The machine that becomes a warm image; whoever holds the guard may clear it. */
  readonly work: string
}

export function warmCacheFiles(cache: string): WarmCacheFiles {
  const warm = join(cache, 'warm')
  return {
    warm,
    layerOf: (key) => join(warm, key),
    guard: join(warm, '.guard'),
    work: join(warm, '.work', 'machine'),
  }
}
