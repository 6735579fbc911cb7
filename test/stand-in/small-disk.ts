import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, rmdirSync, statfsSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sandbox } from './sandbox.js'

const mount = (...words: string[]): void => void execFileSync('mount', words)
/** Lazily, because processes of a failed test may still have files open there. */
const unmount = (place: string): void => void execFileSync('umount', ['--lazy', place])
const tmpfs = (mib: number): string[] => ['-t', 'tmpfs', '-o', `size=${mib}m`, 'none']

let known: boolean | undefined

/** Whether mounting is allowed: root in a container often may not. */
export function canMount(): boolean {
  known ??= tryMount()
  return known
}

function tryMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'mount-'))
  const isMounted = spawnSync('mount', [...tmpfs(1), place]).status === 0
  if (isMounted) unmount(place)
  rmdirSync(place)
  return isMounted
}

/** A separate disk for a sandbox's home and cache, which can be filled to the last byte. */
export class SmallDisk {
  private constructor(private readonly place: string) {}

  /** Call before anything is in the sandbox, because the disk would hide it; then runs `action`. */
  static async under(box: Sandbox, mib: number, action: (disk: SmallDisk) => Promise<void>): Promise<void> {
    const place = join(box.root, 'disk')
    mkdirSync(place)
    mount(...tmpfs(mib), place)
    const mounted = [place]
    try {
      for (const folder of [box.home, box.cache]) {
        const part = join(place, folder === box.home ? 'home' : 'cache')
        mkdirSync(part)
        mkdirSync(folder, { recursive: true })
        mount('--bind', part, folder)
        mounted.unshift(folder)
      }
      await box.cacheImages()
      await action(new SmallDisk(place))
    } finally {
      mounted.forEach(unmount)
    }
  }

  get free(): number {
    const { bavail, bsize } = statfsSync(this.place)
    return bavail * bsize
  }

  /** Fills the disk completely. */
  fill(): void {
    const file = openSync(join(this.place, 'filling'), 'a')
    try {
      for (const size of [1 << 20, 1 << 12, 1]) while (writes(file, size));
    } finally {
      closeSync(file)
    }
  }
}

function writes(file: number, size: number): boolean {
  try {
    return writeSync(file, Buffer.alloc(size, 1)) > 0
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return false
    throw error
  }
}
