import type { Connection } from '../../../scripts/machine/connect.js'
import { runRemote } from '../../../scripts/machine/remote.js'

/** Runs a command and collects what it prints. */
export async function captureRemote(
  connection: Connection,
  command: string,
  signal?: AbortSignal,
): Promise<{ readonly exitCode: number; readonly stdout: string; readonly stderr: string }> {
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  const exitCode = await runRemote(connection, command, {
    onStdout: (chunk) => stdout.push(chunk),
    onStderr: (chunk) => stderr.push(chunk),
    ...(signal === undefined ? {} : { signal }),
  })
  return { exitCode, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}
