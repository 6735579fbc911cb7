import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfPlain } from '../../backend/plain-file.js'
import prettyBytes from 'pretty-bytes'
import type { DiskPacking } from '../../stacks/packing.js'
import { LabError } from '../errors.js'
import type { StepControl } from '../providers/provider.js'
import { run, RunError } from '../run.js'
import { ensureFolder, putFile } from '../workspace.js'
import type { FetchedDisk } from './source.js'

/** A disk in the form in which its provider takes it. */
export interface PackedDisk {
  /** Absolute path. */
  readonly file: string
  readonly bytes: number
  readonly contentType: string
  /** Of the disk that was packed. */
  readonly digest: string
}

/** Written last: a folder without it is half made. */
const DONE = 'packed.json'

/**
 * Packs a disk in a folder of its own, or finds it packed by an earlier command: an upload can go on only with the very same
 * bytes. Throws LabError packing-failed.
 */
export async function packDisk(
  disk: FetchedDisk,
  packing: DiskPacking,
  folder: string,
  { signal, detail }: StepControl,
): Promise<PackedDisk> {
  const file = join(folder, packing.file)
  const packed = async (): Promise<PackedDisk> => {
    const { size: bytes } = await stat(file)
    return { file, bytes, contentType: packing.contentType, digest: disk.digest }
  }
  const before = await readIfPlain(join(folder, DONE))
  if (before === disk.digest) return packed()
  await rm(folder, { recursive: true, force: true })
  await ensureFolder(folder)
  for (const [program, ...args] of packing.commands(disk)) {
    detail(`${program} writes ${args.at(-1) ?? ''} of ${prettyBytes(disk.virtualBytes)}`)
    await runTool(program, args, folder, signal)
  }
  await putFile(join(folder, DONE), disk.digest)
  return packed()
}

async function runTool(
  program: string,
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await run(program, args, { cwd, signal })
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof RunError)) throw error
    const { failure } = error
    const reason =
      failure.kind === 'spawn-failed' ? failure.reason : failure.stderr || `it ended: ${failure.kind}`
    throw new LabError({ code: 'packing-failed', program, reason }, { cause: error })
  }
}
