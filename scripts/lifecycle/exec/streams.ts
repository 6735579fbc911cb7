import { PartialOutcome, type Outcome } from '../../command.js'
import type { Context } from '../../context.js'
import { isSecretName } from '../../env.js'
import { redactor } from '../../report/redact.js'
import type { Take } from '../../pass-on.js'
import { prefixLines } from '../../report/prefix-lines.js'
import { writerTo } from '../../report/standard-streams.js'
import type { MachineEnd } from './all-machines.js'
import { execute, type ExecRequest } from './exec.js'

type Request = Omit<ExecRequest, 'streams' | 'all'>

/** Connects a command to our own streams; with `-o json` its output is part of the one document instead. */
export async function executeJoined(context: Context, request: Request): Promise<Outcome> {
  const input = process.stdin.isTTY ? {} : { stdin: process.stdin }
  const { streams, output } = sinks(context, request)
  try {
    const exitCode = await execute(context, { ...request, streams: { ...input, ...streams } })
    if (!context.settings.json) return { exitCode }
    return { exitCode, json: { exitCode, ...output() } }
  } catch (error) {
    // The command's output until then is often the reason.
    const { stdout, stderr } = output()
    if (!context.settings.json || stdout + stderr === '') throw error
    throw new PartialOutcome(output(), error)
  } finally {
    // Our own input may never end.
    process.stdin.destroy()
  }
}

/** The same on all machines at once, which read no input. Each line of output says whose it is. */
export async function executeOnAll(context: Context, request: Request): Promise<Outcome> {
  const ends: MachineEnd[] = []
  const outputs = new Map<string, () => Output>()
  const flushes: (() => Promise<void>)[] = []
  const prefixed = (machine: string, stream: NodeJS.WriteStream): Take => {
    const lines = prefixLines(`${machine} | `, writerTo(stream))
    flushes.push(lines.flush)
    return lines.take
  }
  const streamsOf = (machine: string) => {
    if (!context.settings.json)
      return { onStdout: prefixed(machine, process.stdout), onStderr: prefixed(machine, process.stderr) }
    const { streams, output } = sinks(context, request)
    outputs.set(machine, output)
    return streams
  }
  const machines = () =>
    [...outputs].map(([name, output]) => {
      const { exitCode = null } = ends.find((end) => end.name === name) ?? {}
      return { name, exitCode, ...output() }
    })
  const all = { streamsOf, onEnd: (end: MachineEnd) => void ends.push(end) }
  try {
    const exitCode = await execute(context, { ...request, streams: {}, all })
    return context.settings.json ? { exitCode, json: { exitCode, machines: machines() } } : { exitCode }
  } catch (error) {
    throw outputs.size === 0 ? error : new PartialOutcome({ machines: machines() }, error)
  } finally {
    // Whoever read it may have left.
    await Promise.allSettled(flushes.map((flush) => flush()))
    process.stdin.destroy()
  }
}

interface Output {
  readonly stdout: string
  readonly stderr: string
}

/** Values of variables with a secret's name do not appear in a document. */
function sinks(context: Context, { variables }: Pick<Request, 'variables'>) {
  const [stdout, stderr] = [sink(context, process.stdout), sink(context, process.stderr)]
  const redact = redactor(
    Object.entries(variables).flatMap(([name, value]) => (isSecretName(name) ? [value] : [])),
  )
  const output = (): Output => ({ stdout: redact(stdout.text()), stderr: redact(stderr.text()) })
  return { streams: { onStdout: stdout.take, onStderr: stderr.take }, output }
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
