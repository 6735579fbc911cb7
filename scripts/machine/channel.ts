import type { Client, ClientChannel } from 'ssh2'
import type { LabError } from '../errors.js'
import { sshFailed, type Connection } from './connect.js'

/**
 * What `channel.signal` should do: ssh2 1.17 sends nothing once our side of the channel is at its end-of-file, as it
 * is without standard input, and the command would go on. Requests may follow an end-of-file (RFC 4254 §5.3).
 */
export function sendSignal(client: Client, channel: ClientChannel, signal: string): void {
  const { outgoing } = channel as unknown as { outgoing: { id: number; state: string } }
  const { _protocol: protocol } = client as unknown as {
    _protocol: { signal(channel: number, signal: string): void }
  }
  if (outgoing.state === 'open' || outgoing.state === 'eof') protocol.signal(outgoing.id, signal)
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

export interface Ended {
  readonly code: number | null
  readonly signal: string | null | undefined
}

export function exitCodeOf(ended: Ended): number {
  if (ended.code !== null) return ended.code
  return 128 + (SIGNAL_NUMBERS[(ended.signal ?? '').replace(/^SIG/, '')] ?? 0)
}

export const commandNotStarted = (connection: Connection, error: Error): LabError =>
  sshFailed(connection, `the machine could not start the command (${error.message})`, error)

export const commandLost = (connection: Connection): LabError =>
  sshFailed(connection, 'the connection was lost while the command ran')
