import { createRequire } from 'node:module'
import { PartialOutcome, textFlag, type Outcome } from './command.js'
import { loadConfig } from './config.js'
import { createContext } from './context.js'
import { encryptionSecrets, resolveEncryption } from './encryption.js'
import { quietLibraries, readEnvironment, settleProxies, takeVariable, type Environment } from './env.js'
import { LabError } from './errors.js'
import { explain } from './explain.js'
import { EXIT } from './explain/explanation.js'
import { listenForInterrupts } from './interrupt.js'
import { parseArguments, type Parsed } from './parse.js'
import { keepPrivate } from './private-home.js'
import { createProgress, printedProgress } from './report/create-progress.js'
import { writeText } from './report/output.js'
import { withinMargin } from './report/printable.js'
import { redactor, urlPasswords, type Redact } from './report/redact.js'
import { asTyped } from './report/as-typed.js'
import { resolveSettings, type Settings } from './settings.js'
import { trustAuthorities } from './trust.js'

/** Runs one command line to its end and returns the process's exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const env = readEnvironment()
  quietLibraries()
  const voice: Voice = {
    json: argv.includes('json') || argv.includes('--output=json') || argv.includes('-ojson'),
    redact: redactor(env.secrets),
    detailed: argv.includes('--detailed-exitcode'),
  }
  try {
    settleProxies()
    if (env.npm !== undefined) {
      const { assertNothingTaken } = await import('./npm/assert-nothing-taken.js')
      await assertNothingTaken(env.npm, argv)
    }
    const parsed = await parseArguments(argv, packageVersion())
    if (parsed.kind === 'help') {
      writeText(process.stdout, parsed.text)
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
  /** The exit code 2 says that a plan has changes, and nothing else. */
  detailed: boolean
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
  Object.assign(voice, { json: settings.json, detailed: settings.detailedExitCode })
  if (settings.markdown && command.markdown === undefined) {
    const problem = `--output: ${command.name} has text and json, no markdown`
    throw new LabError({ code: 'usage', problem, command: command.name })
  }
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
  const progress = printedProgress(shown, redact)
  const interrupt = listenForInterrupts((message) => progress.say(message))
  try {
    for (const folder of await keepPrivate(env.home)) {
      progress.say(`${folder} was open to other users of this computer; it is closed to them now.`)
    }
    for (const problem of trustAuthorities(env.authorityFiles)) progress.say(problem)
    const context = createContext({ env, settings, config, progress, interrupt, redact, encryption })
    const outcome = await command.run(context, args)
    progress.close()
    printResult(outcome, settings, voice)
    return outcome.exitCode ?? 0
  } finally {
    progress.close()
    interrupt.dispose()
  }
}

function printResult(outcome: Outcome, { json, markdown }: Settings, { redact }: Voice): void {
  const document = outcome.json === undefined ? undefined : JSON.stringify(outcome.json, null, 2)
  const printed = json ? document : markdown ? outcome.markdown : outcome.text
  if (printed !== undefined) writeText(process.stdout, redact(printed))
}

/** An error is one JSON document too, on stdout; the words for people always go to stderr. */
function reportError(env: Environment, thrown: unknown, { json, redact, detailed }: Voice): number {
  const [error, fields] = thrown instanceof PartialOutcome ? [thrown.cause, thrown.fields] : [thrown, {}]
  const { code, message, hint, ...told } = explain(error)
  const exitCode = detailed && told.exitCode === EXIT.usage ? EXIT.failed : told.exitCode
  const shownHint = asTyped(hint, env.viaNpm)
  writeText(process.stderr, redact(errorText(message, shownHint)))
  if (code === 'internal' && error instanceof Error && env.flags['debug'] !== undefined) {
    writeText(process.stderr, redact(error.stack ?? ''))
  }
  if (json) {
    const document = { error: { code, message, hint: shownHint, exitCode }, ...fields }
    writeText(process.stdout, redact(JSON.stringify(document, null, 2)))
  }
  return exitCode
}

/** Only what we say ourselves begins a line with `Next:`, whatever a message quotes. */
const errorText = (message: string, hint: string): string =>
  `Error: ${withinMargin(message)}${hint === '' ? '' : `\nNext:  ${hint}`}`

function packageVersion(): string {
  return (createRequire(import.meta.url)('#package/package.json') as { version: string }).version
}
