import type { ClientChannel } from 'ssh2'
import { commandLost, commandNotStarted, exitCodeOf, sendSignal } from './channel.js'
import { sshFailed, type Connection } from './connect.js'
import { orAborted } from './or-aborted.js'

export interface Answer {
  /** 128 + n when a signal ended the command. */
  readonly exitCode: number
  /** Both trimmed. */
  readonly stdout: string
  readonly stderr: string
}

/** All that a command says is kept in memory, and a machine can talk without end. */
const MOST_BYTES = 1024 ** 2

/**
 * Runs a command that reads nothing and has little to say; `runRemote` is for all others. An abort ends it by SIGINT.
 * Throws the signal's reason, or LabError ssh-failed when the connection is lost or the machine says too much.
 */
export async function runShort(
  connection: Connection,
  command: string,
  signal: AbortSignal,
): Promise<Answer> {
  signal.throwIfAborted()
  const { ssh, client } = connection
  const tooMuch = new AbortController()
  const stop = AbortSignal.any([signal, tooMuch.signal])
  let bytes = 0
  const count = (chunk: Buffer): void => {
    bytes += chunk.length
    if (bytes > MOST_BYTES)
      tooMuch.abort(sshFailed(connection, 'the answer to a short command was longer than 1 MiB'))
  }
  let channel: ClientChannel | undefined
  const end = (): void => {
    if (channel === undefined) return
    sendSignal(client, channel, 'INT')
    channel.close()
  }
  const onChannel = (opened: ClientChannel): void => {
    channel = opened
    if (stop.aborted) end()
  }
  try {
    const running = ssh.execCommand(command, { onChannel, onStdout: count, onStderr: count })
    const { code, signal: endedBy, stdout, stderr } = await orAborted(running, stop)
    if (code === null && endedBy === null) throw commandLost(connection)
    return { exitCode: exitCodeOf({ code, signal: endedBy }), stdout, stderr }
  } catch (error) {
    if (stop.aborted) end()
    if (stop.aborted || channel !== undefined) throw error
    throw commandNotStarted(connection, error as Error)
  }
}
