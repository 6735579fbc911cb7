import type { Client, ClientChannel } from 'ssh2'
import type { LabError } from '../errors.js'
import { passOn, type Take } from '../pass-on.js'
import { limitTime, TimeOverError } from '../time-limit.js'
import { sshFailed, type Connection } from './connect.js'
import { ProcessGroup } from './process-group.js'
import { quoteForShell } from './shell.js'

export interface RemoteOptions {
  /** Once either is taken no more, the command gets SIGINT and its streams are closed. */
  readonly onStdout?: Take
  readonly onStderr?: Take
  /** Fed to the command's standard input; without it the command reads end-of-file. */
  readonly stdin?: NodeJS.ReadableStream
  /** Fed to it before that. */
  readonly firstInput?: string
  /** Milliseconds from its start on after which it is ended, with its process group. */
  readonly timeLimitMs?: number | undefined
  /** On abort the remote command gets this command's signal and the channel is closed. */
  readonly signal?: AbortSignal
}

/** What shells say of a command whose reader left: 128 and SIGPIPE. */
const READER_LEFT = 141

/**
 * Runs one command in the user's login shell and returns its exit code; 128 + n when a signal ended it. Throws
 * TimeOverError once it was ended because its time was over, and LabError ssh-failed when the connection is lost.
 */
export function runRemote(
  connection: Connection,
  command: string,
  options: RemoteOptions = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted()
    const { onStdout: pass = () => undefined } = options
    const group = options.timeLimitMs === undefined ? undefined : new ProcessGroup(pass)
    const onStarted = (channel: ClientChannel): void => {
      // Not when the channel is closed: a frozen machine never answers that.
      const leave = (settle: () => void): void => {
        limit.dispose()
        options.signal?.removeEventListener('abort', stop)
        channel.close()
        settle()
      }
      const limit = limitTime(options.timeLimitMs, {
        send: (signal) => endGroup(connection.client, channel, signal, group),
        giveUp: () => leave(() => reject(new TimeOverError('unseen'))),
      })
      const interrupt = (settle: () => void) => (): void => {
        sendSignal(connection.client, channel, 'INT')
        leave(settle)
      }
      const stop = interrupt(() => reject(options.signal?.reason as Error))
      const onLeft = interrupt(() => resolve(READER_LEFT))
      options.signal?.addEventListener('abort', stop, { once: true })
      let ended: Ended | undefined
      channel.on('exit', (code: number | null, signal?: string) => (ended = { code, signal }))
      channel.on('close', () => {
        limit.dispose()
        group?.end()
        options.signal?.removeEventListener('abort', stop)
        if (limit.isOver) reject(new TimeOverError('seen'))
        else if (ended === undefined)
          reject(sshFailed(connection, 'the connection was lost while the command ran'))
        else resolve(exitCodeOf(ended))
      })
      const onStdout: Take = (chunk) => (group === undefined ? pass(chunk) : group.take(chunk))
      wireStreams(channel, { ...options, onStdout }, onLeft)
      // Aborted while the channel was being opened: no event comes for that.
      if (options.signal?.aborted === true) stop()
    }
    start(connection, group?.telling(command) ?? command, { onStarted, onFailed: reject })
  })
}

/** Callbacks, for what comes on the channel at once must be heard. */
function start(
  connection: Connection,
  command: string,
  told: {
    readonly onStarted: (channel: ClientChannel) => void
    readonly onFailed: (error: LabError) => void
  },
): void {
  const fail = (error: Error): void =>
    told.onFailed(sshFailed(connection, `the machine could not start the command (${error.message})`, error))
  try {
    connection.client.exec(command, (error, channel) => (error ? fail(error) : told.onStarted(channel)))
  } catch (error) {
    // Thrown where the connection is known to be gone.
    fail(error as Error)
  }
}

/** sshd passes a signal on for as long as the first process lives; KILL must reach what outlived that. */
function endGroup(
  client: Client,
  channel: ClientChannel,
  signal: 'TERM' | 'KILL',
  group: ProcessGroup | undefined,
): void {
  sendSignal(client, channel, signal)
  if (signal === 'KILL') group?.kill(client)
}

/**
 * What `channel.signal` should do: ssh2 1.17 sends nothing once our side of the channel is at its end-of-file, as it
 * is without standard input, and the command would go on. Requests may follow an end-of-file (RFC 4254 §5.3).
 */
function sendSignal(client: Client, channel: ClientChannel, signal: string): void {
  const { outgoing } = channel as unknown as { outgoing: { id: number; state: string } }
  const { _protocol: protocol } = client as unknown as {
    _protocol: { signal(channel: number, signal: string): void }
  }
  if (outgoing.state === 'open' || outgoing.state === 'eof') protocol.signal(outgoing.id, signal)
}

function wireStreams(channel: ClientChannel, options: RemoteOptions, onLeft: () => void): void {
  const { onStdout, onStderr, firstInput, stdin } = options
  passOn(channel, (chunk) => onStdout?.(chunk), onLeft)
  passOn(channel.stderr, (chunk) => onStderr?.(chunk), onLeft)
  if (firstInput) channel.write(firstInput)
  if (stdin === undefined) channel.end()
  else stdin.pipe(channel)
}

/** Signal names as in RFC 4254 §6.10, with the numbers that shells use. */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  ABRT: 6,
  FPE: 8,
  KILL: 9,
  SEGV: 11,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
}

interface Ended {
  readonly code: number | null
  readonly signal: string | undefined
}

function exitCodeOf(ended: Ended): number {
  if (ended.code !== null) return ended.code
  return 128 + (SIGNAL_NUMBERS[(ended.signal ?? '').replace(/^SIG/, '')] ?? 0)
}

/**
 * What is sent for `exec LAB -- words…`: several words are arguments, each passed on exactly as it is; a
 * single word is a command line for the machine's shell, as with ssh.
 */
export function remoteCommand(words: readonly string[]): string {
  const [only] = words
  return words.length === 1 && only !== undefined ? only : words.map(quoteForShell).join(' ')
}
