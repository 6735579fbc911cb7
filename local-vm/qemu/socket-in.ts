import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'

/** sun_path holds 108 bytes with the final NUL on Linux, 104 on macOS; unix(7). */
const LONGEST_SOCKET_PATH = 103

/** Whether the kernel can name this socket; on Linux every folder also has a short name. */
export const isNameable = (path: string): boolean =>
  process.platform === 'linux' || Buffer.byteLength(path) <= LONGEST_SOCKET_PATH

/** Calls `use` with a path of the socket that the kernel accepts, however long the folder's own path is. */
export async function withSocketPath<T>(
  directory: string,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(directory, name)
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH || process.platform !== 'linux') return use(path)
  const folder = await open(directory)
  try {
    return await use(`/proc/self/fd/${folder.fd}/${name}`)
  } finally {
    await folder.close()
  }
}

/**
 * Connects to a Unix socket in `directory`; it is destroyed if it is silent for `silentMs` (0: never), or
 * fails later. Throws the system's error.
 */
export const connectIn = (directory: string, name: string, silentMs: number): Promise<Socket> =>
  withSocketPath(directory, name, async (path) => {
    const socket = connect({ path, allowHalfOpen: false })
    socket.setTimeout(silentMs, () => socket.destroy())
    await once(socket, 'connect')
    socket.on('error', () => socket.destroy())
    return socket
  })
