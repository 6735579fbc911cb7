import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { StateBackend } from '../../backend/state-backend.js'

/** What OpenTofu has written of a lab, read without starting it. */
export type EngineState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly place: string; readonly reason: string }
  /** `resources`: the addresses of what it made and has not destroyed. */
  | { readonly kind: 'readable'; readonly resources: readonly string[] }

/** The lock that an engine holds on a state while it changes it, or that one left behind. */
export interface EngineLock {
  readonly id: string
  readonly who: string
  readonly operation: string
  readonly created: string
}

interface StateDocument {
  readonly resources: readonly {
    readonly type: string
    readonly name: string
    readonly instances: readonly unknown[]
  }[]
}

export async function readEngineState({ path }: StateBackend): Promise<EngineState> {
  const text = await readOptional(path)
  if (text === undefined) return { kind: 'absent' }
  try {
    const { resources } = JSON.parse(text) as StateDocument
    const made = resources.filter(({ instances }) => instances.length > 0)
    return { kind: 'readable', resources: made.map(({ type, name }) => `${type}.${name}`) }
  } catch (error) {
    return { kind: 'unreadable', place: path, reason: (error as Error).message }
  }
}

/** Undefined when there is none. The file is OpenTofu's `.<state>.lock.info` beside a local state. */
export async function readEngineLock({ path }: StateBackend): Promise<EngineLock | undefined> {
  const text = await readOptional(join(dirname(path), `.${basename(path)}.lock.info`))
  if (text === undefined) return undefined
  const { ID, Who, Operation, Created } = JSON.parse(text) as Record<string, string | undefined>
  return { id: ID ?? '', who: Who ?? '', operation: Operation ?? '', created: Created ?? '' }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
