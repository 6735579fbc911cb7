import { LabError } from '../errors.js'
import { sshFailed, type Connection } from './connect.js'
import { runRemote } from './remote.js'

/**
 * `degraded` is cloud-init's exit code 2: it finished, with recoverable errors. Deprecations do not count:
 * they are about the image's own configuration, which still worked.
 */
export interface CloudInitOutcome {
  readonly status: 'done' | 'degraded'
  readonly warnings: readonly string[]
}

/**
 * The used fields of run/cloud-init/status.json
 * (https://docs.cloud-init.io/en/latest/explanation/return_codes.html).
 */
interface StatusFile {
  readonly v1: Readonly<Record<string, StageStatus | string | null>>
}

interface StageStatus {
  readonly start?: number | null
  readonly finished?: number | null
  readonly errors?: readonly string[]
  readonly recoverable_errors?: Readonly<Record<string, readonly string[]>>
}

const STAGES: Readonly<Record<string, string>> = {
  'init-local': 'local stage',
  init: 'network stage',
  'modules-config': 'config stage',
  'modules-final': 'final stage',
}

/**
 * One remote loop instead of many connections: it prints the status file, as one line, whenever it changes,
 * and ends when cloud-init has written its result. It reads files because every call of the cloud-init
 * program costs seconds without KVM. Images without cloud-init have no /run/cloud-init and are done.
 */
const FOLLOW = `
d=/run/cloud-init; command -v cloud-init >/dev/null 2>&1 || exit 0
last=
while :; do
  if [ -e $d/result.json ]; then end=1; else end=; fi
  now=$(tr -d '\\n' <$d/status.json 2>/dev/null || true)
  if [ "$now" != "$last" ]; then printf '%s\\n' "$now"; last=$now; fi
  [ -n "$end" ] && exit 0
  [ -e $d/disabled ] && exit 0
  sleep 0.3
done`

/**
 * Waits until cloud-init has finished. Throws LabError cloud-init-failed with its errors, or
 * cloud-init-timeout with its stage.
 */
export async function waitForCloudInit(
  connection: Connection,
  options: {
    readonly lab: string
    readonly machine: string
    readonly timeoutMs: number
    readonly signal: AbortSignal
    readonly onStage: (stage: string) => void
  },
): Promise<CloudInitOutcome> {
  const timeout = AbortSignal.timeout(options.timeoutMs)
  let latest: StatusFile | undefined
  let rest = ''
  try {
    const exitCode = await runRemote(connection, FOLLOW, {
      signal: AbortSignal.any([options.signal, timeout]),
      onStdout: (chunk) => {
        const lines = (rest + chunk.toString()).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          latest = parseStatus(line) ?? latest
          if (latest) options.onStage(currentStage(latest))
        }
      },
    })
    if (exitCode !== 0) throw sshFailed(connection, `the wait for cloud-init ended with code ${exitCode}`)
  } catch (error) {
    if (!timeout.aborted || options.signal.aborted) throw error
    const stage = latest === undefined ? 'not started' : currentStage(latest)
    const seconds = Math.round(options.timeoutMs / 1000)
    throw new LabError({
      code: 'cloud-init-timeout',
      lab: options.lab,
      machine: options.machine,
      seconds,
      stage,
    })
  }
  return outcomeOf(latest, options.lab, options.machine)
}

export function parseStatus(line: string): StatusFile | undefined {
  try {
    const value = JSON.parse(line) as Partial<StatusFile>
    return typeof value.v1 === 'object' ? (value as StatusFile) : undefined
  } catch {
    return undefined
  }
}

/** The stage that started last and has not finished, in words. */
export function currentStage(status: StatusFile): string {
  const running = stagesOf(status).filter(([, stage]) => stage.start && !stage.finished)
  const name = running.at(-1)?.[0]
  return name === undefined ? 'between stages' : (STAGES[name] ?? name)
}

export function outcomeOf(status: StatusFile | undefined, lab: string, machine: string): CloudInitOutcome {
  if (status === undefined) return { status: 'done', warnings: [] }
  const stages = stagesOf(status).map(([, stage]) => stage)
  const errors = stages.flatMap((stage) => stage.errors ?? [])
  if (errors.length > 0) throw new LabError({ code: 'cloud-init-failed', lab, machine, errors })
  const warnings = stages
    .flatMap((stage) => Object.entries(stage.recoverable_errors ?? {}))
    .flatMap(([level, messages]) => (level === 'DEPRECATED' ? [] : messages))
  return { status: warnings.length > 0 ? 'degraded' : 'done', warnings }
}

function stagesOf(status: StatusFile): [string, StageStatus][] {
  return Object.entries(status.v1).filter(
    (entry): entry is [string, StageStatus] =>
      typeof entry[1] === 'object' && entry[1] !== null && entry[0] in STAGES,
  )
}
