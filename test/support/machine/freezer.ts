import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A proxy that passes bytes on until it is frozen; then it says nothing more, not even goodbye. */
export interface Freezer {
  readonly port: number
  freeze(): void
  close(): Promise<void>
}

export async function startFreezer(port: number): Promise<Freezer> {
  const sockets: Socket[] = []
  let frozen = false
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    sockets.push(near, far)
    near.on('data', (chunk: Buffer) => frozen || far.write(chunk))
    far.on('data', (chunk: Buffer) => frozen || near.write(chunk))
    near.on('end', () => frozen || far.end())
    far.on('end', () => frozen || near.end())
    for (const socket of [near, far]) socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    freeze: () => void (frozen = true),
    async close() {
      sockets.forEach((socket) => socket.destroy())
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
