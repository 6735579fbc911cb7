import { connect as connectSocket, type Socket } from 'node:net'
import type { Config, NodeSSH } from 'node-ssh'
import type { Client } from 'ssh2'
import { fits } from '../../backend/forms.js'
import { LOCAL_ADDRESS } from '../../stacks/naming.js'
import { LabError } from '../errors.js'
import type { Identity } from './key.js'

export interface SshTarget {
  readonly lab: string
  readonly machine: string
  readonly address: string
  readonly port: number
  readonly user: string
  /** The pinned host key (`ssh-ed25519 AAAA…`); null before first contact. */
  readonly hostKey: string | null
  readonly identity: Identity
  readonly agentSocket: string | undefined
}

/** How far a connection got. Everything but `connected` may be retried, except `host-key`. */
export type SshStage = 'unreachable' | 'refused' | 'handshake' | 'host-key' | 'authentication'

export class SshError extends Error {
  constructor(
    readonly stage: SshStage,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`ssh ${stage}: ${reason}`, options)
    this.name = 'SshError'
  }
}

export interface Connection {
  readonly lab: string
  readonly machine: string
  /** For short commands and SFTP. */
  readonly ssh: NodeSSH
  /** The client of ssh2 beneath it, for streams. node-ssh forgets it once the machine has said goodbye. */
  readonly client: Client
  /** The key the machine showed, in known_hosts form. */
  readonly hostKey: string
  end(): void
}

/** LabError ssh-failed: a machine cannot be reached, or the connection to it failed. */
export const sshFailed = (
  { lab, machine }: Pick<SshTarget, 'lab' | 'machine'>,
  reason: string,
  cause?: Error,
): LabError => new LabError({ code: 'ssh-failed', lab, machine, reason }, { cause })

/** Host keys we can pin; ed25519 first, so that ssh2 and OpenSSH agree on the same one. */
const HOST_KEY_TYPES = ['ssh-ed25519', 'ecdsa-sha2-nistp256', 'rsa-sha2-512', 'rsa-sha2-256'] as const

/** Both in milliseconds. */
export interface AttemptTimeouts {
  /** Until the server's first bytes. */
  readonly banner: number
  /** From then until the login; a slow machine (no KVM) needs seconds for one. */
  readonly login: number
  /**
   * Time between checks that the machine still answers, by default 15 s; after three unanswered ones the
   * connection is lost.
   */
  readonly keepAlive?: number
}

const KEEP_ALIVE_MS = 15_000
const UNANSWERED = 3

/**
 * One attempt at an authenticated connection. Compares the machine's host key with the pinned one; without a
 * pinned one, returns the shown key for pinning. Throws SshError with the stage reached, or LabError
 * host-key-changed.
 */
export async function connectOnce(
  target: SshTarget,
  timeouts: AttemptTimeouts,
  signal: AbortSignal,
): Promise<Connection> {
  signal.throwIfAborted()
  // Loaded here: most commands make no connection. node-ssh loads while the machine is waited for.
  const { credentialsOf } = await import('./credentials.js')
  const credentials = await credentialsOf(target)
  const [socket, { connectOver }] = await Promise.all([
    openSocket(target, timeouts.banner, signal),
    import('./connect-over.js'),
  ])
  const connect: Connect = (config) => connectOver(socket, { ...credentials, ...config })
  try {
    // While that was loading, no one heard of it.
    if (socket.destroyed) throw new SshError('handshake', 'the connection was closed')
    return await logIn(target, connect, socket, timeouts, signal)
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/**
 * Connects and waits for the server's first bytes, which stay in the socket. A forwarded port accepts
 * immediately, long before the machine behind it does: only the banner proves that a server is there.
 */
function openSocket(target: SshTarget, bannerMs: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket({ host: target.address, port: target.port })
    let connected = false
    const settle = (action: () => void): void => {
      signal.removeEventListener('abort', onAbort)
      socket.removeAllListeners()
      socket.on('error', () => undefined)
      action()
    }
    const fail = (error: Error): void => {
      settle(() => reject(error))
      socket.destroy()
    }
    const onAbort = (): void => fail(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('connect', () => (connected = true))
    socket.once('error', (error: NodeJS.ErrnoException) =>
      fail(new SshError(stageBeforeBanner(error, connected), error.message, { cause: error })),
    )
    socket.once('close', () => fail(new SshError('handshake', 'the connection was closed')))
    socket.setTimeout(bannerMs, () =>
      fail(
        new SshError(connected ? 'handshake' : 'unreachable', `no answer within ${Math.round(bannerMs)} ms`),
      ),
    )
    socket.once('readable', () => {
      const banner = socket.read() as Buffer | null
      if (banner === null) return
      settle(() => resolve(socket))
      socket.setTimeout(0)
      socket.unshift(banner)
    })
  })
}

function stageBeforeBanner(error: NodeJS.ErrnoException, connected: boolean): SshStage {
  // A connection reset can arrive before the connect event.
  if (connected || error.code === 'ECONNRESET') return 'handshake'
  return error.code === 'ECONNREFUSED' ? 'refused' : 'unreachable'
}

type Connect = (config: Config) => Promise<Pick<Connection, 'ssh' | 'client'>>

async function logIn(
  target: SshTarget,
  connect: Connect,
  socket: Socket,
  { login, keepAlive = KEEP_ALIVE_MS }: AttemptTimeouts,
  signal: AbortSignal,
): Promise<Connection> {
  signal.throwIfAborted()
  // After the login an abort is a matter of what runs on the machine, which must still hear of it.
  const onAbort = (): void => void socket.destroy()
  signal.addEventListener('abort', onAbort, { once: true })
  let shown: string | undefined
  try {
    const { ssh, client } = await connect({
      username: target.user,
      readyTimeout: login,
      keepaliveInterval: keepAlive,
      keepaliveCountMax: UNANSWERED,
      algorithms: { serverHostKey: [...HOST_KEY_TYPES] },
      hostVerifier: (key: Buffer) => {
        const line = hostKeyLine(key)
        if (!fits('hostKey', line)) return false
        shown = line
        return target.hostKey === null || shown === target.hostKey
      },
    })
    const { lab, machine } = target
    return { lab, machine, ssh, client, hostKey: shown ?? '', end: () => endConnection(ssh, socket) }
  } catch (error) {
    signal.throwIfAborted()
    throw loginFailure(error as ClientError, shown, target)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Says goodbye and waits for nobody: a slow machine takes its time to answer, a frozen one never does. */
function endConnection(ssh: NodeSSH, socket: Socket): void {
  ssh.dispose()
  socket.destroySoon()
}

type ClientError = Error & { readonly level?: string }

function loginFailure(error: ClientError, shown: string | undefined, target: SshTarget): Error {
  const { lab, machine, hostKey, agentSocket = '' } = target
  if (shown !== undefined && hostKey !== null && shown !== hostKey) {
    const isLocal = target.address === LOCAL_ADDRESS
    return new LabError({ code: 'host-key-changed', lab, machine, expected: hostKey, got: shown, isLocal })
  }
  if (error.level === 'agent') {
    const { message } = error
    return new LabError({ code: 'agent-unreachable', socket: agentSocket, reason: message }, { cause: error })
  }
  return new SshError(stageOf(error, shown), error.message, { cause: error })
}

/** The machine knows the user but accepts no key of ours; a slow login is not a refusal. */
export const isKeyRefused = ({ cause }: SshError): boolean =>
  (cause as ClientError | undefined)?.level === 'client-authentication'

/** Before the host key is shown only the handshake can fail. */
function stageOf(error: ClientError, shown: string | undefined): SshStage {
  if (error.level === 'client-authentication') return 'authentication'
  return shown !== undefined && error.level === 'client-timeout' ? 'authentication' : 'handshake'
}

/** The key blob starts with its own type as an SSH string (RFC 4253 §6.6). */
function hostKeyLine(blob: Buffer): string {
  const type = blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('ascii')
  return `${type} ${blob.toString('base64')}`
}
