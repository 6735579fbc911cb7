import { once } from 'node:events'
import { rename, stat } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { fits } from '../../backend/forms.js'
import { parseJson } from '../../backend/parse-json.js'
import { withSocketPath } from '../qemu/socket-in.js'
import type { CaptureRequest } from './capture.js'
import type { LabSwitch } from './lab-switch.js'
import { type NetworkFiles, ownControlName } from './network-files.js'

/** The switch's side of its control socket: one line of JSON asks, and the answer ends the connection. */

const LONGEST_REQUEST = 1024

/** Listens in place of an older switch, if there is one. Returns whether no newer one has done the same. */
export async function takeControl(
  lab: LabSwitch,
  files: NetworkFiles,
  say: (text: string) => void,
): Promise<() => Promise<boolean>> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    // Whoever is connected does not keep the switch alive.
    socket.unref()
    socket.on('error', () => socket.destroy())
    answer(lab, socket).catch((error: unknown) => {
      say(String(error))
      socket.destroy()
    })
  })
  // Node removes the socket by the name that it was made with, when it ends: never the one of a newer switch.
  const name = ownControlName(process.pid)
  await withSocketPath(files.directory, name, (path) => listen(server, path))
  const { ino } = await stat(join(files.directory, name))
  await rename(join(files.directory, name), files.control)
  return async () => (await stat(files.control).catch(() => undefined))?.ino === ino
}

async function listen(server: Server, path: string): Promise<void> {
  server.unref().listen(path)
  await once(server, 'listening')
}

async function answer(lab: LabSwitch, socket: Socket): Promise<void> {
  const request = parseJson(await firstLine(socket))
  const capture = captureIn(request)
  if (capture !== undefined) {
    await lab.ask()
    lab.capture(socket, capture)
    return
  }
  socket.end(`${JSON.stringify(await lab.ask())}\n`)
}

async function firstLine(socket: Socket): Promise<string> {
  let text = ''
  while (!text.includes('\n') && text.length < LONGEST_REQUEST) {
    const [chunk] = (await once(socket, 'data')) as [Buffer]
    text += chunk.toString('latin1')
  }
  return text
}

function captureIn(request: unknown): CaptureRequest | undefined {
  const { machine, maxBytes } = (request ?? {}) as Readonly<Record<string, unknown>>
  if (typeof maxBytes !== 'number') return undefined
  return { machine: typeof machine === 'string' && fits('machine', machine) ? machine : null, maxBytes }
}
