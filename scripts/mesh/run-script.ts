import { fits, forms, shown } from '../../backend/forms.js'
import { LabError } from '../errors.js'
import type { Connection } from '../machine/connect.js'
import { quoteForShell } from '../machine/shell.js'
import { runShort } from '../machine/short-command.js'
import { ownKeyScript } from './guest-files.js'

export interface RunOptions {
  /** The logged-in user: anyone but root needs sudo without a password. */
  readonly user: string
  readonly asRoot?: boolean
  readonly signal: AbortSignal
}

/** Returns what the script wrote. Throws LabError mesh-failed or ssh-failed, or the signal's reason. */
export async function runScript(
  connection: Connection,
  script: string,
  { user, asRoot = false, signal }: RunOptions,
): Promise<string> {
  const sudo = asRoot && user !== 'root' ? 'sudo -n ' : ''
  const command = `exec ${sudo}sh -c ${quoteForShell(script)}`
  const { exitCode, stdout, stderr } = await runShort(connection, command, signal)
  if (exitCode === 0) return stdout
  throw meshFailed(connection, stderr || `the script ended with ${exitCode}`)
}

/** Returns the public half of the machine's own key, in the form `publicKey`. Throws as `runScript`. */
export async function makeOwnKey(connection: Connection, options: RunOptions): Promise<string> {
  const { lab, machine } = connection
  const said = await runScript(connection, ownKeyScript(`${lab}/${machine}`), options)
  if (fits('publicKey', said)) return said
  throw meshFailed(connection, `expected ${forms.publicKey.description}, got ${shown(said)}`)
}

const meshFailed = ({ lab, machine }: Connection, reason: string): LabError =>
  new LabError({ code: 'mesh-failed', lab, machine, reason })
