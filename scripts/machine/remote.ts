import type { ClientChannel } from 'ssh2'
import type { LabError } from '../errors.js'
import { passOn, type Take } from '../pass-on.js'
import { limitTime, TimeOverError } from '../time-limit.js'
import { commandLost, commandNotStarted, exitCodeOf, sendSignal, type Ended } from './channel.js'
import type { Connection } from './connect.js'
import { orAborted } from './or-aborted.js'
import { ProcessGroup } from './process-group.js'
import { quoteForShell } from './shell.js'

export interface RemoteOptions {
  /** If no one accepts one of the streams any more, the command gets SIGINT and its streams are closed. */
  readonly onStdout?: Take
  readonly onStderr?: Take
  /** Fed to the command's standard input; without it the command reads end-of-file. */
  readonly stdin?: NodeJS.ReadableStream
  /** Fed to it first. */
  readonly firstInput?: string
  /** Milliseconds after its start until it is ended, with its process group. */
  readonly timeLimitMs?: number | undefined
  /** On abort the remote command gets this command's signal and the channel is closed. */
  readonly signal?: AbortSignal
}

/** A shell's exit code for a command whose reader left: 128 and SIGPIPE. */
const READER_LEFT = 141

/**
 * Runs one command in the user's login shell and returns its exit code; 128 + n when a signal ended it. It has ssh2's own
 * channel: node-ssh keeps all output in memory, and reads on however slowly that is taken. Throws the signal's reason,
 * TimeOverError once it was ended because its time was over, and LabError ssh-failed when the connection is lost.
 */
export async function runRemote(
  connection: Connection,
  command: string,
  options: RemoteOptions = {},
): Promise<number> {
  options.signal?.throwIfAborted()
  const running = follow(connection, command, options)
  // A frozen machine does not even open a channel.
  return options.signal === undefined ? running : orAborted(running, options.signal)
}

function follow(connection: Connection, command: string, options: RemoteOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const { onStdout: pass = () => undefined } = options
    const group = options.timeLimitMs === undefined ? undefined : new ProcessGroup(pass)
    const onStarted = (channel: ClientChannel): void => {
      // Not when the channel closes: a frozen machine never answers that.
      const leave = (settle: () => void): void => {
        limit.dispose()
        options.signal?.removeEventListener('abort', stop)
        channel.close()
        settle()
      }
      const limit = limitTime(options.timeLimitMs, {
        send: (signal) => endGroup(connection, channel, signal, group),
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
        else if (ended === undefined) reject(commandLost(connection))
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

/** Callbacks, because data that arrives on the channel immediately must not be missed. */
function start(
  connection: Connection,
  command: string,
  told: {
    readonly onStarted: (channel: ClientChannel) => void
    readonly onFailed: (error: LabError) => void
  },
): void {
  const fail = (error: Error): void => told.onFailed(commandNotStarted(connection, error))
  try {
    connection.client.exec(command, (error, channel) => (error ? fail(error) : told.onStarted(channel)))
  } catch (error) {
    // Thrown if the connection is known to be gone.
    fail(error as Error)
  }
}

/** sshd passes signals on only while the first process lives; KILL must reach processes that outlive it. */
function endGroup(
  { ssh, client }: Connection,
  channel: ClientChannel,
  signal: 'TERM' | 'KILL',
  group: ProcessGroup | undefined,
): void {
  sendSignal(client, channel, signal)
  if (signal === 'KILL') group?.kill(ssh)
}

function wireStreams(channel: ClientChannel, options: RemoteOptions, onLeft: () => void): void {
  const { onStdout, onStderr, firstInput, stdin } = options
  passOn(channel, (chunk) => onStdout?.(chunk), onLeft)
  passOn(channel.stderr, (chunk) => onStderr?.(chunk), onLeft)
  if (firstInput) channel.write(firstInput)
  if (stdin === undefined) channel.end()
  else stdin.pipe(channel)
}

/**
 * The command line for `exec LAB -- words…`: several words are arguments, each passed on unchanged; a single
 * word is a command line for the machine's shell, as with ssh.
 */
export function remoteCommand(words: readonly string[]): string {
  const [only] = words
  return words.length === 1 && only !== undefined ? only : words.map(quoteForShell).join(' ')
}
