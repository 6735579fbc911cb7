import { isDeepStrictEqual } from 'node:util'
import { initialise, runEngine, type EngineRun } from './engine-run.js'

export type EngineAction = 'create' | 'update' | 'replace' | 'destroy'

export interface ResourceChange {
  /** Its address in OpenTofu's form, such as `aws_instance.main`. */
  readonly address: string
  readonly action: EngineAction
  /**
   * Names of the attributes that would change; none for a thing that is made or removed as a whole. Never a
   * value.
   */
  readonly attributes: readonly string[]
}

/**
 * OpenTofu's description of a change
 * (https://opentofu.org/docs/internals/json-format/#change-representation).
 */
interface ToldChange {
  readonly address: string
  readonly change: {
    readonly actions: readonly string[]
    readonly before?: Attributes | null
    readonly after?: Attributes | null
    /** `true` in place of each value that is known only after the apply. */
    readonly after_unknown?: Attributes
  }
}
type Attributes = Readonly<Record<string, unknown>>

const FILE = 'changes.tfplan'

/** Downloads the providers into the engine's folder, and reads where the state is. */
export const preparePlan = (run: EngineRun): Promise<void> => initialise(run)

/**
 * What `apply` with the same `replace` would change. It writes only files in the engine's folder, which
 * contain values and are deleted with it. It reads the state without its lock, so that no one waits and no
 * lock is left.
 */
export async function planChanges(run: EngineRun, replace: readonly string[]): Promise<ResourceChange[]> {
  await runEngine(run, 'plan', [
    ...['plan', '-json', '-input=false', '-lock=false', `-out=${FILE}`],
    ...replace.map((address) => `-replace=${address}`),
  ])
  return parseChanges(await runEngine(run, 'show', ['show', '-json', FILE]))
}

/** @param text the output of `show -json` for a plan */
export function parseChanges(text: string): ResourceChange[] {
  const { resource_changes: told = [] } = JSON.parse(text) as { resource_changes?: readonly ToldChange[] }
  return told.flatMap(({ address, change }) => {
    const action = actionOf(change.actions)
    if (action === undefined) return []
    const isPartly = action === 'update' || action === 'replace'
    return [{ address, action, attributes: isPartly ? changedIn(change) : [] }]
  })
}

/** Undefined if nothing changes, and for things that are only read. */
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
