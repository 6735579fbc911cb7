import type { Outcome } from '../command.js'
import type { Context } from '../context.js'
import { execute, type ExecRequest } from './exec.js'

/** Joins a remote command to our own streams; with `-o json` its output is part of the one document instead. */
export async function runOnMachine(
  context: Context,
  request: Omit<ExecRequest, 'streams'>,
): Promise<Outcome> {
  const stdin = process.stdin.isTTY ? {} : { stdin: process.stdin }
  if (!context.settings.json) {
    const exitCode = await execute(context, {
      ...request,
      streams: {
        ...stdin,
        onStdout: (chunk) => void process.stdout.write(chunk),
        onStderr: (chunk) => void process.stderr.write(chunk),
      },
    })
    process.stdin.destroy()
    return { exitCode }
  }
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  const exitCode = await execute(context, {
    ...request,
    streams: { ...stdin, onStdout: (chunk) => stdout.push(chunk), onStderr: (chunk) => stderr.push(chunk) },
  })
  process.stdin.destroy()
  const text = (chunks: readonly Buffer[]): string => context.redact(Buffer.concat(chunks).toString())
  return { exitCode, json: { exitCode, stdout: text(stdout), stderr: text(stderr) } }
}
