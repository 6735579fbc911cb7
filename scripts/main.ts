import { createRequire } from 'node:module'
import { textFlag, type Outcome } from './command.js'
import { loadConfig } from './config.js'
import { createContext } from './context.js'
import { quietLibraries, readEnvironment, type Environment } from './env.js'
import { explain } from './explain.js'
import { listenForInterrupts } from './interrupt.js'
import { parseArguments, type Parsed } from './parse.js'
import { createProgress } from './report/create-progress.js'
import { redactor } from './report/redact.js'
import { asTyped } from './report/as-typed.js'
import { resolveSettings } from './settings.js'

/** Runs one command line to its end and returns the process's exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const env = readEnvironment()
  quietLibraries()
  let wantsJson = argv.includes('json') || argv.includes('--output=json') || argv.includes('-ojson')
  try {
    const parsed = await parseArguments(argv, packageVersion())
    if (parsed.kind === 'help') {
      process.stdout.write(`${parsed.text}\n`)
      return 0
    }
    return await runCommand(env, parsed, (json) => (wantsJson = json))
  } catch (error) {
    return reportError(env, error, wantsJson)
  }
}

async function runCommand(
  env: Environment,
  { command, args }: Extract<Parsed, { kind: 'command' }>,
  onFormat: (json: boolean) => void,
): Promise<number> {
  const cwd = process.cwd()
  const explicit = textFlag(args.flags, 'config') ?? env.flags['config']
  const config = await loadConfig({ cwd, configHome: env.configHome, explicit })
  const settings = resolveSettings(args.flags, env, config, cwd)
  onFormat(settings.json)
  const stream = process.stderr
  const live = stream.isTTY && !env.isCi && settings.verbosity === 0
  const progress = await createProgress({ stream, live, quiet: settings.quiet })
  const interrupt = listenForInterrupts((message) => progress.say(message))
  try {
    const outcome = await command.run(createContext({ env, settings, config, progress, interrupt }), args)
    progress.close()
    printResult(env, outcome, settings.json)
    return outcome.exitCode ?? 0
  } finally {
    progress.close()
    interrupt.dispose()
  }
}

function printResult(env: Environment, outcome: Outcome, json: boolean): void {
  const redact = redactor(env.secrets)
  if (json && outcome.json !== undefined)
    process.stdout.write(`${redact(JSON.stringify(outcome.json, null, 2))}\n`)
  else if (!json && outcome.text !== undefined) process.stdout.write(`${redact(outcome.text)}\n`)
}

/** An error is one JSON document too, on stdout; the words for people always go to stderr. */
function reportError(env: Environment, error: unknown, json: boolean): number {
  const redact = redactor(env.secrets)
  const { code, message, hint, exitCode } = explain(error)
  const shownHint = asTyped(hint, env.viaNpm)
  process.stderr.write(redact(`Error: ${message}${shownHint === '' ? '' : `\nNext:  ${shownHint}`}\n`))
  if (code === 'internal' && error instanceof Error && env.flags['debug'] !== undefined) {
    process.stderr.write(redact(`${error.stack ?? ''}\n`))
  }
  if (json) {
    const document = { error: { code, message, hint: shownHint, exitCode } }
    process.stdout.write(`${redact(JSON.stringify(document, null, 2))}\n`)
  }
  return exitCode
}

function packageVersion(): string {
  return (createRequire(import.meta.url)('#package/package.json') as { version: string }).version
}
