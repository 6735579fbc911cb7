import { moveExpiryScript } from '../../stacks/cloud-user-data.js'
import { sshFailed, type Connection } from './connect.js'
import { runRemote } from './remote.js'
import { quoteForShell } from './shell.js'

/**
 * Sets a machine's own timer to its expiry; a machine without a timer gets one. Throws LabError ssh-failed
 * with the machine's message.
 */
export async function moveTimer(
  connection: Connection,
  expiresAt: string | null,
  signal: AbortSignal,
): Promise<void> {
  const script = moveExpiryScript(expiresAt === null ? null : Math.floor(Date.parse(expiresAt) / 1000))
  let complaint = ''
  const code = await runRemote(
    connection,
    `[ "$(id -u)" = 0 ] || root="sudo -n"; $root sh -c ${quoteForShell(script)}`,
    { signal, onStderr: (chunk) => (complaint += chunk.toString()) },
  )
  if (code === 0) return
  const reason = `its timer could not be set: ${complaint.trim() || `the command ended with ${code}`}`
  throw sshFailed(connection, reason)
}
