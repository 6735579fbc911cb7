import { DriverError } from '../errors.js'
import { runTool, ToolFailure, type ToolOutput } from '../run.js'
import type { DiskInfo } from './disk-header.js'

/**
 * The qemu-img program. It always gets the format, because it would guess from bytes that a guest may have
 * written.
 */

export async function convertToQcow2(
  source: string,
  target: string,
  options: { readonly signal: AbortSignal; readonly sourceFormat: DiskInfo['format'] },
): Promise<void> {
  await qemuImg(
    ['convert', '-f', options.sourceFormat, '-O', 'qcow2', source, target],
    target,
    options.signal,
  )
}

/** `base` is written unchanged: a name beside the overlay keeps the pair movable. */
export async function createOverlay(overlay: string, base: string, virtualBytes: number): Promise<void> {
  await qemuImg(
    ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, overlay, String(virtualBytes)],
    overlay,
  )
}

async function qemuImg(args: readonly string[], place: string, signal?: AbortSignal): Promise<ToolOutput> {
  try {
    return await runTool('qemu-img', args, signal === undefined ? {} : { signal })
  } catch (error) {
    if (!(error instanceof ToolFailure)) throw error
    throw new DriverError(faultOf(error, place), { cause: error })
  }
}

function faultOf(failure: ToolFailure, place: string): DriverError['fault'] {
  const { stderr } = failure.output
  if (failure.kind === 'spawn-failed') return { code: 'qemu-missing', binary: 'qemu-img' }
  if (/No space left on device/.test(stderr)) return { code: 'disk-full', place }
  return { code: 'tool-failed', tool: 'qemu-img', stderr }
}
