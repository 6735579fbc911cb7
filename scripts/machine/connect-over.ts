import type { Socket } from 'node:net'
import { NodeSSH, SSHError, type Config } from 'node-ssh'
import type { Client } from 'ssh2'

/** Logs in over a socket that is open. Throws ssh2's own errors, which tell their `level`. */
export async function connectOver(
  socket: Socket,
  config: Config,
): Promise<{ readonly ssh: NodeSSH; readonly client: Client }> {
  const ssh = new NodeSSH()
  const connecting = ssh.connect({ ...config, sock: socket })
  // It makes its client before it waits for anything, and from the login on listens to no error of it: Node would end
  // this process over one.
  const client = ssh.connection
  client?.on('error', () => client.end())
  try {
    await connecting
  } catch (error) {
    // Its own error says "No response from server", whatever the server said before.
    throw error instanceof SSHError ? new Error('the connection was closed', { cause: error }) : error
  }
  if (client === null) throw new TypeError('node-ssh connected without a client')
  return { ssh, client }
}
