import type { PlanEntry } from '../lifecycle/plan/all.js'
import type { LabChanges } from '../lifecycle/plan/plan.js'

/** What a plan comes to for a whole lab. */
export type Verdict = 'create' | 'change' | 'replace' | 'reset' | 'destroy' | 'nothing' | 'refused' | 'stays'

/** `up` does nothing more with such a lab: it is about to be removed. */
const ENDING: readonly string[] = ['lab-expired', 'lab-being-destroyed']

export function verdictOf(entry: PlanEntry): Verdict {
  if (entry.kind === 'undeclared') return 'stays'
  if (entry.kind === 'refused') return ENDING.includes(entry.code) ? 'destroy' : 'refused'
  return verdictOfChanges(entry.plan)
}

function verdictOfChanges({ changes, vanished, facts }: LabChanges): Verdict {
  const has = (...wanted: readonly string[]): boolean => changes.some(({ action }) => wanted.includes(action))
  if (changes.length === 0) return 'nothing'
  if (has('destroy') && !has('create', 'replace', 'update', 'start', 'reset')) return 'destroy'
  if (has('replace', 'destroy')) {
    // What no longer exists has nothing to lose; another machine of the lab may.
    const isAllGone = facts.machines.every(({ name }) => vanished.includes(name))
    return isAllGone ? 'create' : 'replace'
  }
  if (has('reset')) return 'reset'
  return has('create') ? 'create' : 'change'
}

export const isChange = (entry: PlanEntry): boolean => !['nothing', 'stays'].includes(verdictOf(entry))

/** The document of `-o json` for one lab. */
export function jsonOf(entry: PlanEntry): object {
  const { kind } = entry
  if (kind !== 'planned') return { ...entry, verdict: verdictOf(entry) }
  const { plan, differences } = entry
  return { ...plan, verdict: verdictOf(entry), differences }
}
