import { examineWays, obtainEngine } from '../../../scripts/engine/obtain.js'
import type { ObtainOptions } from '../../../scripts/engine/obtain-options.js'
import type { Archive } from '../../../scripts/engine/release.js'
import { resolveEngine } from '../../../scripts/engine/resolve.js'
import { readEnvironment } from '../../../scripts/env.js'
import { LabError } from '../../../scripts/errors.js'
import { plainProgress } from '../../../scripts/report/progress.js'

/** What a worker is told, as JSON. */
export interface ObtainTask {
  readonly verb: 'obtain' | 'examine' | 'resolve'
  readonly cache: string
  readonly path: string
  readonly mirror: string
  /** Null: there is no release for this computer. */
  readonly archive: Archive | null
  readonly minimum: string
  readonly tofu?: string
}

/** A process of its own that obtains an engine; its outcome, or its fault, is the one document on stdout. */
const task = JSON.parse(process.argv[2] ?? '') as ObtainTask
const controller = new AbortController()
process.on('SIGINT', () => controller.abort(new LabError({ code: 'interrupted', signal: 'SIGINT' })))
const { tofu } = task
const options: ObtainOptions = {
  env: { ...readEnvironment({ DISTROLAB_CACHE: task.cache }), path: [task.path], tofu },
  archive: task.archive ?? undefined,
  mirror: task.mirror,
  signal: controller.signal,
  progress: plainProgress(process.stderr),
}

const verbs = {
  obtain: () => obtainEngine(options),
  examine: () => examineWays(options),
  resolve: () => resolveEngine(options.env, task.minimum, options),
} satisfies Record<ObtainTask['verb'], () => Promise<object>>

const outcome = await verbs[task.verb]().catch((error: unknown) => {
  if (error instanceof LabError) return error.fault
  throw error
})
process.stdout.write(JSON.stringify(outcome))
