import { text } from 'node:stream/consumers'
import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fits } from '../../backend/forms.js'
import { parseJson } from '../../backend/parse-json.js'
import { connectIn } from '../qemu/socket-in.js'
import type { CaptureRequest } from './capture.js'
import type { SwitchState } from './lab-switch.js'
import { CONTROL_NAME, type NetworkFiles } from './network-files.js'

/** A switch that does not answer in this time counts as gone. */
const ANSWER_MS = 3_000

/** Has the switch look again; undefined if none answers. */
export async function askSwitch({ directory }: NetworkFiles): Promise<SwitchState | undefined> {
  try {
    const socket = await connectIn(directory, CONTROL_NAME, ANSWER_MS)
    socket.write('{}\n')
    const state = parseJson(await text(socket)) as SwitchState | undefined
    return Array.isArray(state?.connected) && Array.isArray(state.broken) ? asState(state) : undefined
  } catch {
    // Absent, refused, or silent.
    return undefined
  }
}

const asState = ({ connected, broken }: SwitchState): SwitchState => ({
  connected: connected.filter((name) => fits('machine', name)),
  broken,
})

/**
 * Writes what the machines send to `sink`, until the size is reached or `enough` is aborted; always whole frames.
 * Throws if the switch ends meanwhile.
 */
export async function captureFrames(
  { directory }: NetworkFiles,
  request: CaptureRequest,
  sink: Writable,
  enough: AbortSignal,
): Promise<void> {
  const socket = await connectIn(directory, CONTROL_NAME, 0)
  socket.write(`${JSON.stringify(request)}\n`)
  const stop = (): void => void socket.end()
  enough.addEventListener('abort', stop)
  if (enough.aborted) stop()
  try {
    await pipeline(socket, sink)
  } finally {
    enough.removeEventListener('abort', stop)
    socket.destroy()
  }
}
