import { createRequire } from 'node:module'
import type { Outcome } from './command.js'
import { textFlag } from './flags.js'
import { loadConfig } from './config.js'
import { createContext } from './context.js'
import { encryptionSecrets, resolveEncryption } from './encryption.js'
import { quietLibraries, readEnvironment, settleProxies, takeVariable, type Environment } from './env.js'
import { LabError } from './errors.js'
import { listenForInterrupts, reasonOf } from './interrupt.js'
import { parseArguments, type Parsed } from './parse.js'
import { keepPrivate } from './private-home.js'
import { createProgress, printedProgress } from './report/create-progress.js'
import { writeText } from './report/output.js'
import { redactor, urlPasswords } from './report/redact.js'
import { reportError, voiceOf, type Voice } from './report/report-error.js'
import { assertWritten } from './report/standard-streams.js'
import { resolveSettings, type Settings } from './settings.js'
import { trustAuthorities } from './trust.js'
import { unknownVariables } from './unknown-variables.js'

/** Runs one command line to its end and returns the process's exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const env = readEnvironment()
  quietLibraries()
  const voice = voiceOf(argv, env.flags, redactor(env.secrets))
  try {
    settleProxies()
    if (env.npm !== undefined) {
      const { assertNothingTaken } = await import('./npm/assert-nothing-taken.js')
      await assertNothingTaken(env.npm, argv)
    }
    const parsed = await parseArguments(argv, packageVersion())
    const exitCode = parsed.kind === 'help' ? showHelp(parsed.text) : await runCommand(env, parsed, voice)
    await assertWritten()
    return exitCode
  } catch (error) {
    return reportError(env, error, voice)
  }
}

function showHelp(text: string): number {
  writeText(process.stdout, text)
  return 0
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
    const problem = `--output: ${command.name} prints text or json, not markdown`
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
      progress.say(`Other users of this computer could open ${folder}; that is no longer possible.`)
    }
    for (const problem of trustAuthorities(env.authorityFiles)) progress.say(problem)
    for (const warning of await unknownVariables(env)) progress.say(warning)
    const context = createContext({ env, settings, config, progress, interrupt, redact, encryption })
    const outcome = await command.run(context, args)
    progress.close()
    printResult(outcome, settings, voice)
    return outcome.exitCode ?? 0
  } catch (error) {
    throw reasonOf(interrupt.signal, error)
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

function packageVersion(): string {
  return (createRequire(import.meta.url)('#package/package.json') as { version: string }).version
}
