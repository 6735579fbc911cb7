import { isDeepStrictEqual } from 'node:util'
import { initialise, runEngine, type EngineRun } from './engine-run.js'

export type EngineAction = 'create' | 'update' | 'replace' | 'destroy'

export interface ResourceChange {
  /** The engine's address of it, such as `aws_instance.main`. */
  readonly address: string
  readonly action: EngineAction
  /** Names of the attributes that would change, by name; none for what is made or removed as a whole. Never a value. */
  readonly attributes: readonly string[]
}

/** As OpenTofu tells of a resource (https://opentofu.org/docs/internals/json-format/#change-representation). */
interface ToldChange {
  readonly address: string
  readonly change: {
    readonly actions: readonly string[]
    readonly before?: Attributes | null
    readonly after?: Attributes | null
    /** `true` in the place of each value that is known only afterwards. */
    readonly after_unknown?: Attributes
  }
}
type Attributes = Readonly<Record<string, unknown>>

const FILE = 'changes.tfplan'

/** Loads the providers into the engine's folder; reads where the state is. */
export const preparePlan = (run: EngineRun): Promise<void> => initialise(run)

/**
 * What `apply` with the same `replace` would change. Nothing is written but files in the engine's folder, which hold
 * values and go with it; the state is read without its lock, so that nobody waits and none is left.
 */
export async function planChanges(run: EngineRun, replace: readonly string[]): Promise<ResourceChange[]> {
  await runEngine(run, 'plan', [
    ...['plan', '-json', '-input=false', '-lock=false', `-out=${FILE}`],
    ...replace.map((address) => `-replace=${address}`),
  ])
  return parseChanges(await runEngine(run, 'show', ['show', '-json', FILE]))
}

/** @param text what `show -json` prints of a plan */
export function parseChanges(text: string): ResourceChange[] {
  const { resource_changes: told = [] } = JSON.parse(text) as { resource_changes?: readonly ToldChange[] }
  return told.flatMap(({ address, change }) => {
    const action = actionOf(change.actions)
    if (action === undefined) return []
    const isPartly = action === 'update' || action === 'replace'
    return [{ address, action, attributes: isPartly ? changedIn(change) : [] }]
  })
}

/** Undefined where nothing is done, and for what is only read. */
function actionOf(actions: readonly string[]): EngineAction | undefined {
  if (actions.length > 1) return 'replace'
  const [only] = actions
  if (only === 'delete') return 'destroy'
  return only === 'create' || only === 'update' ? only : undefined
}

function changedIn({ before, after, after_unknown: unknown = {} }: ToldChange['change']): string[] {
  const [old, next] = [before ?? {}, after ?? {}]
  const names = new Set([...Object.keys(old), ...Object.keys(next), ...Object.keys(unknown)])
  return [...names]
    .filter((name) => isUnknown(unknown[name]) || !isDeepStrictEqual(old[name], next[name]))
    .sort()
}

/** OpenTofu leaves empty lists and objects where everything is known. */
const isUnknown = (mark: unknown): boolean =>
  mark === true || (typeof mark === 'object' && mark !== null && Object.values(mark).some(isUnknown))
