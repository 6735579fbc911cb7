import { afterEach } from '@jest/globals'
import type { ServerChannel } from 'ssh2'
import { connectOnce, type Connection } from '../../../scripts/machine/connect.js'
import { newIdentity } from './identity.js'
import { startSshServer, targetAt, type ServerOptions, type SshServer } from './ssh-server.js'

type Closing = <T extends { close(): Promise<void> }>(opened: T) => T

/** What a test of this file opens is closed after it, the last first. */
export function useClosing(): Closing {
  const opened: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close()
  })
  return (each) => {
    opened.push(each)
    return each
  }
}

/** Makes a server whose commands do this, and a connection to it; both end after the test. */
export function useConnections(): (
  exec: (channel: ServerChannel, command: string) => void,
  more?: Omit<ServerOptions, 'exec'>,
) => Promise<{ connection: Connection; server: SshServer }> {
  const closing = useClosing()
  const identity = newIdentity()
  const timeouts = { banner: 20_000, login: 20_000 }
  return async (exec, more = {}) => {
    const server = closing(await startSshServer({ ...more, exec }))
    const never = new AbortController().signal
    const connection = await connectOnce(targetAt(server.port, identity), timeouts, never)
    closing({ close: async () => connection.end() })
    return { connection, server }
  }
}
