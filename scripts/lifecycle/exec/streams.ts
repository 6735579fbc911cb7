import { PartialOutcome, type Outcome } from '../../command.js'
import type { Context } from '../../context.js'
import { isSecretName } from '../../env.js'
import { redactor } from '../../report/redact.js'
import type { Take } from '../../pass-on.js'
import { writerTo } from '../../report/standard-streams.js'
import { execute, type ExecRequest } from './exec.js'

/** Connects a command to our own streams; with `-o json` its output is part of the one document instead. */
export async function executeJoined(
  context: Context,
  request: Omit<ExecRequest, 'streams'>,
): Promise<Outcome> {
  const input = process.stdin.isTTY ? {} : { stdin: process.stdin }
  const [stdout, stderr] = [sink(context, process.stdout), sink(context, process.stderr)]
  const redact = redactor(
    Object.entries(request.variables).flatMap(([name, value]) => (isSecretName(name) ? [value] : [])),
  )
  const output = () => ({ stdout: redact(stdout.text()), stderr: redact(stderr.text()) })
  try {
    const streams = { ...input, onStdout: stdout.take, onStderr: stderr.take }
    const exitCode = await execute(context, { ...request, streams })
    if (!context.settings.json) return { exitCode }
    return { exitCode, json: { exitCode, ...output() } }
  } catch (error) {
    // The command's output until then is often the reason.
    if (!context.settings.json || stdout.text() + stderr.text() === '') throw error
    throw new PartialOutcome(output(), error)
  } finally {
    // Our own input may never end.
    process.stdin.destroy()
  }
}

interface Sink {
  readonly take: Take
  readonly text: () => string
}

function sink({ settings, redact }: Context, stream: NodeJS.WriteStream): Sink {
  const chunks: Buffer[] = []
  const take: Take = settings.json ? (chunk) => void chunks.push(chunk) : writerTo(stream)
  return { take, text: () => redact(Buffer.concat(chunks).toString()) }
}
