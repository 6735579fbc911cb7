import { moveExpiryScript } from '../../stacks/cloud-user-data.js'
import { sshFailed, type Connection } from './connect.js'
import { quoteForShell } from './shell.js'
import { runShort } from './short-command.js'

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
  const command = `[ "$(id -u)" = 0 ] || root="sudo -n"; $root sh -c ${quoteForShell(script)}`
  const { exitCode, stderr } = await runShort(connection, command, signal)
  if (exitCode === 0) return
  const reason = `its timer could not be set: ${stderr || `the command ended with ${exitCode}`}`
  throw sshFailed(connection, reason)
}
