import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identifyProcess, type ProcessIdentity } from '../../backend/process-identity.js'
import { LabError } from '../errors.js'
import { start, type Started } from '../run.js'
import { explainEngineFailure, type Operation } from './failures.js'
import { parseEngineLine, type Diagnostic, type EngineEvent } from './stream.js'
import { watchEngine, type EngineLimits, type Watch } from './watch.js'
import { assertPlainFolder } from './work-folder.js'

export interface EngineRun {
  /** Path of the `tofu` binary. */
  readonly engine: string
  /** The folder with `cdk.tf.json`; the engine's output files are also written there. */
  readonly folder: string
  readonly unset: readonly string[]
  /** The value of TF_ENCRYPTION, a secret; undefined: no encryption. */
  readonly encryption?: string | undefined
  /** An existing folder of providers that other labs also use; only one command at a time uses it. */
  readonly providers?: string | undefined
  /** Path of the engine's configuration file; undefined: the user's own. */
  readonly cliConfig?: string | undefined
  /**
   * A file of authorities to trust instead of what the environment names; undefined: the environment decides.
   */
  readonly authorities?: string | undefined
  /** By default the engine's files are private to the user. */
  readonly umask?: number | undefined
  /** It starts no providers, as for a local lab. */
  readonly isAlone?: boolean | undefined
  /** On abort the engine gets exactly one SIGINT, and we wait for it. */
  readonly signal: AbortSignal
  /** At these limits the engine is stopped as by an interrupt. */
  readonly limits?: EngineLimits | undefined
  /** Called as soon as the engine runs, so that it can be found after a crash. */
  readonly onStarted?: (engine: ProcessIdentity) => Promise<void>
  readonly onEvent?: (event: EngineEvent) => void
}

/**
 * An engine without providers does one thing at a time, and ends before it has used this much memory.
 * Collecting garbage earlier would be a quarter of its work (https://go.dev/doc/gc-guide#Memory_limit).
 */
const ALONE = { GOGC: 'off', GOMEMLIMIT: '256MiB', GOMAXPROCS: '1' }
/** How often its output is checked while it runs. */
const POLL_MS = 100
/** Verbs that print JSON lines; nothing else in their output counts. */
const STREAMS: ReadonlySet<Operation> = new Set(['apply', 'destroy', 'plan'])

/**
 * `-reconfigure`: the state stays where it is. Without it, an engine that is given another way to the same
 * place (a bucket's region, path style or key) asks whether to move the state.
 */
export async function initialise(run: EngineRun): Promise<void> {
  await runEngine(run, 'init', ['init', '-input=false', '-no-color', '-reconfigure'])
}

/**
 * Runs the engine to its end. Its output goes to files, because the engine must be able to finish its work if
 * we are killed: a broken pipe would end it in the middle. Returns its output if that is not a JSON stream.
 * Throws LabError `interrupted` if we stopped it, `engine-timeout` if it passed a limit, or what
 * explainEngineFailure makes of its diagnostics.
 */
export async function runEngine(
  run: EngineRun,
  operation: Operation,
  args: readonly string[],
): Promise<string> {
  run.signal.throwIfAborted()
  await assertPlainFolder(run.folder)
  const stdoutFile = join(run.folder, `engine-${operation}.log`)
  const stderrFile = join(run.folder, `engine-${operation}.err`)
  const child = start(run.engine, args, {
    cwd: run.folder,
    env: engineVariables(run),
    stdoutFile,
    stderrFile,
    umask: run.umask ?? 0o077,
  })
  const watch = watchEngine(run.limits, () => child.kill('SIGINT'))
  const diagnostics: Diagnostic[] = []
  const end = await followToEnd(run, child, watch, stdoutFile, (line) => {
    const event = parseEngineLine(line)
    if (event?.type === 'diagnostic') diagnostics.push(event.diagnostic)
    if (event !== undefined) run.onEvent?.(event)
  })
  if (end === 'given-up') {
    child.leave()
    throw timeoutOf(run, operation, watch.passed, child.pid)
  }
  const printed = STREAMS.has(operation) ? '' : await readFile(stdoutFile, 'utf8')
  const complaint = end.exitCode === 0 ? '' : await readFile(stderrFile, 'utf8')
  // Programs may print secrets, and these files are not redacted like the log.
  await Promise.all([stdoutFile, stderrFile].map((file) => rm(file, { force: true })))
  run.signal.throwIfAborted()
  if (end.exitCode === 0) return printed
  if (watch.passed !== undefined) throw timeoutOf(run, operation, watch.passed, null)
  throw new LabError(explainEngineFailure({ ...run, operation }, diagnostics, `${complaint}\n${printed}`))
}

/**
 * One SIGINT, from the user or from a limit, whichever is first: OpenTofu treats a second one as a request to
 * end immediately, and loses what it knows.
 */
async function followToEnd(
  run: EngineRun,
  child: Started,
  watch: Watch,
  stdoutFile: string,
  onLine: (line: string) => void,
): Promise<Awaited<Started['ended']> | 'given-up'> {
  const interrupt = (): void => {
    if (watch.passed !== undefined) return
    watch.dispose()
    child.kill('SIGINT')
  }
  run.signal.addEventListener('abort', interrupt, { once: true })
  const ended = Promise.race([child.ended, watch.givenUp])
  try {
    const identity = identifyProcess(child.pid)
    if (identity !== undefined) await run.onStarted?.(identity)
    await followLines(stdoutFile, ended, (line) => {
      watch.seen()
      onLine(line)
    })
  } finally {
    await ended
    watch.dispose()
    run.signal.removeEventListener('abort', interrupt)
  }
  return ended
}

/** @param pid the process of an engine that did not end */
function timeoutOf(
  { limits }: EngineRun,
  operation: Operation,
  passed: Watch['passed'] = 'total',
  pid: number | null,
): LabError {
  const ms = passed === 'quiet' ? limits?.quietMs : limits?.totalMs
  return new LabError({
    code: 'engine-timeout',
    operation,
    passed,
    seconds: Math.round((ms ?? 0) / 1000),
    pid,
  })
}

function engineVariables({
  unset,
  encryption,
  providers,
  cliConfig,
  authorities,
  isAlone = false,
}: EngineRun): Record<string, string | undefined> {
  const removed = Object.fromEntries(unset.map((name) => [name, undefined]))
  // A lab's own lock file does not know what another lab has downloaded; without the second variable it would
  // be downloaded again.
  const shared =
    providers === undefined
      ? {}
      : { TF_PLUGIN_CACHE_DIR: providers, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: '1' }
  const own = { TF_ENCRYPTION: encryption, TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' }
  const config = cliConfig === undefined ? {} : { TF_CLI_CONFIG_FILE: cliConfig }
  const trusted =
    authorities === undefined ? {} : { SSL_CERT_FILE: authorities, NODE_EXTRA_CA_CERTS: authorities }
  return { ...removed, ...shared, ...config, ...trusted, ...own, ...(isAlone ? ALONE : {}) }
}

/** Reads a growing file line by line until its writer has ended. */
async function followLines(
  path: string,
  ended: Promise<unknown>,
  onLine: (line: string) => void,
): Promise<void> {
  let running = true
  void ended.finally(() => (running = false))
  const file = await open(path, 'r')
  try {
    const decoder = new TextDecoder()
    const buffer = Buffer.alloc(65536)
    let rest = ''
    for (;;) {
      const last = !running
      const { bytesRead } = await file.read({ buffer })
      rest += decoder.decode(buffer.subarray(0, bytesRead), { stream: true })
      const lines = rest.split('\n')
      rest = lines.pop() ?? ''
      lines.forEach(onLine)
      if (bytesRead > 0) continue
      if (last) break
      await Promise.race([sleep(POLL_MS), ended])
    }
    if (rest !== '') onLine(rest)
  } finally {
    await file.close()
  }
}
