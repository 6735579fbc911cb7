import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net'
import ssh2, { type AuthContext, type Connection as ServerConnection, type ServerChannel } from 'ssh2'
import type { Identity } from '../../../scripts/machine/key.js'
import type { SshTarget } from '../../../scripts/machine/connect.js'
import { until } from '../cli/support.js'
import { generateKeyPair } from '../../../scripts/machine/key-pair.js'
import { withoutComment } from '../../../scripts/machine/public-key.js'

export const newKey = (): { private: string; public: string } => generateKeyPair('test')

export interface ServerOptions {
  readonly hostKey?: { private: string; public: string }
  /** A port that was used before. */
  readonly port?: number
  /** Decides each attempt; without it every key is accepted. The first question is without a signature. */
  readonly authenticate?: (context: AuthContext, connection: number) => void
  /** What `exec` does; without it, a real shell. */
  readonly exec?: (channel: ServerChannel, command: string) => void
  readonly onSignal?: (name: string) => void
}

/** A real SSH server on loopback. */
export interface SshServer {
  readonly port: number
  /** As known_hosts has it. */
  readonly hostKey: string
  /** Connections made so far, and those that are open. */
  connections(): number
  open(): number
  /** Each key that was offered, one entry per question, in authorized_keys form. */
  readonly offered: string[]
  close(): Promise<void>
}

export async function startSshServer(options: ServerOptions = {}): Promise<SshServer> {
  const host = options.hostKey ?? newKey()
  const offered: string[] = []
  const clients = new Set<ServerConnection>()
  let connections = 0
  const server = new ssh2.Server({ hostKeys: [host.private] }, (client) => {
    const number = ++connections
    clients.add(client)
    client.on('close', () => clients.delete(client))
    client.on('error', () => undefined)
    client.on('authentication', (context) => {
      if (context.method === 'publickey' && context.signature === undefined) {
        offered.push(`${context.key.algo} ${context.key.data.toString('base64')}`)
      }
      if (options.authenticate) options.authenticate(context, number)
      else if (context.method === 'publickey') context.accept()
      else context.reject(['publickey'])
    })
    client.on('session', (accept) => {
      const session = accept()
      // ssh2's server drops requests after an end-of-file, which OpenSSH's takes (RFC 4254 §5.3).
      session.on('eof', () => Object.assign(session, { _ending: false }))
      session.on('signal', (_accept: unknown, _reject: unknown, info: { name: string }) =>
        options.onSignal?.(info.name),
      )
      session.on('exec', (acceptExec, _reject, info) => (options.exec ?? shell)(acceptExec(), info.command))
    })
  })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: withoutComment(host.public),
    connections: () => connections,
    open: () => clients.size,
    offered,
    async close() {
      for (const client of clients) client.end()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Runs the command as sshd does: by a real shell, with its exit code or signal passed on. */
function shell(channel: ServerChannel, command: string): void {
  const child = spawn('/bin/sh', ['-c', command])
  channel.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  child.stdout.pipe(channel, { end: false })
  child.stderr.pipe(channel.stderr, { end: false })
  child.on('close', (code, signal) => {
    if (signal !== null) channel.exit(signal.replace('SIG', ''), false, '')
    else channel.exit(code ?? 255)
    channel.end()
  })
}

/** A server that speaks no SSH: `greet` sees each socket. */
export interface RawServer {
  readonly port: number
  connections(): number
  open(): number
  close(): Promise<void>
}

export async function startRawServer(greet: (socket: Socket) => void, port = 0): Promise<RawServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server: TcpServer = createServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    // Reading is what shows that the other side has gone.
    socket.resume()
    greet(socket)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => connections,
    open: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** A port of loopback on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await startRawServer(() => undefined)
  await server.close()
  return server.port
}

export const targetAt = (port: number, identity: Identity, changes: Partial<SshTarget> = {}): SshTarget => ({
  lab: 'demo',
  machine: 'main',
  address: '127.0.0.1',
  port,
  user: 'debian',
  hostKey: null,
  identity,
  agentSocket: undefined,
  ...changes,
})

export const allClosed = (server: { open(): number }): Promise<true> =>
  until(() => server.open() === 0, 'every connection to be closed')
