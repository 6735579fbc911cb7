import { createRequire } from 'node:module'
import { PartialOutcome, textFlag, type Outcome } from './command.js'
import { loadConfig } from './config.js'
import { createContext } from './context.js'
import { encryptionSecrets, resolveEncryption } from './encryption.js'
import { quietLibraries, readEnvironment, takeVariable, type Environment } from './env.js'
import { explain } from './explain.js'
import { listenForInterrupts } from './interrupt.js'
import { parseArguments, type Parsed } from './parse.js'
import { createProgress, redactedProgress } from './report/create-progress.js'
import { redactor, urlPasswords, type Redact } from './report/redact.js'
import { asTyped } from './report/as-typed.js'
import { resolveSettings } from './settings.js'

/** Runs one command line to its end and returns the process's exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const env = readEnvironment()
  quietLibraries()
  const voice: Voice = {
    json: argv.includes('json') || argv.includes('--output=json') || argv.includes('-ojson'),
    redact: redactor(env.secrets),
  }
  try {
    const parsed = await parseArguments(argv, packageVersion())
    if (parsed.kind === 'help') {
      process.stdout.write(`${parsed.text}\n`)
      return 0
    }
    return await runCommand(env, parsed, voice)
  } catch (error) {
    return reportError(env, error, voice)
  }
}

/** How this command speaks, as far as is known yet: the configuration may say more. */
interface Voice {
  json: boolean
  redact: Redact
}

async function runCommand(
  env: Environment,
  { command, args }: Extract<Parsed, { kind: 'command' }>,
  voice: Voice,
): Promise<number> {
  const cwd = process.cwd()
  const explicit = textFlag(args.flags, 'config') ?? env.flags['config']
  const config = await loadConfig({ cwd, configHome: env.configHome, explicit })
  const settings = resolveSettings(args.flags, env, config, cwd)
  voice.json = settings.json
  const encryption = resolveEncryption(config.values.encryption, takeVariable)
  const { redact } = Object.assign(voice, {
    redact: redactor([
      ...env.secrets,
      ...urlPasswords(settings.engineMirror ?? ''),
      ...encryptionSecrets(encryption),
    ]),
  })
  const stream = process.stderr
  const live = stream.isTTY && !env.isCi && settings.verbosity === 0
  const shown = await createProgress({ stream, live, quiet: settings.quiet })
  const progress = redactedProgress(shown, redact)
  const interrupt = listenForInterrupts((message) => progress.say(message))
  try {
    const context = createContext({ env, settings, config, progress, interrupt, redact, encryption })
    const outcome = await command.run(context, args)
    progress.close()
    printResult(outcome, voice)
    return outcome.exitCode ?? 0
  } finally {
    progress.close()
    interrupt.dispose()
  }
}

function printResult(outcome: Outcome, { json, redact }: Voice): void {
  if (json && outcome.json !== undefined)
    process.stdout.write(`${redact(JSON.stringify(outcome.json, null, 2))}\n`)
  else if (!json && outcome.text !== undefined) process.stdout.write(`${redact(outcome.text)}\n`)
}

/** An error is one JSON document too, on stdout; the words for people always go to stderr. */
function reportError(env: Environment, thrown: unknown, { json, redact }: Voice): number {
  const [error, fields] = thrown instanceof PartialOutcome ? [thrown.cause, thrown.fields] : [thrown, {}]
  const { code, message, hint, exitCode } = explain(error)
  const shownHint = asTyped(hint, env.viaNpm)
  process.stderr.write(redact(`Error: ${message}${shownHint === '' ? '' : `\nNext:  ${shownHint}`}\n`))
  if (code === 'internal' && error instanceof Error && env.flags['debug'] !== undefined) {
    process.stderr.write(redact(`${error.stack ?? ''}\n`))
  }
  if (json) {
    const document = { error: { code, message, hint: shownHint, exitCode }, ...fields }
    process.stdout.write(`${redact(JSON.stringify(document, null, 2))}\n`)
  }
  return exitCode
}

function packageVersion(): string {
  return (createRequire(import.meta.url)('#package/package.json') as { version: string }).version
}
