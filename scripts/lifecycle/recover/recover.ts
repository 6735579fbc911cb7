import type { Context } from '../../context.js'
import { readFacts, type RecoveryFacts } from './facts.js'
import { planRecovery, type NextCommand, type RecoveryPlan } from './recovery-plan.js'
import { labNameOf, requireLab } from '../../lab/target.js'

export interface Recovery extends RecoveryPlan {
  readonly facts: RecoveryFacts
  /** What `--apply` ran before the facts were collected. */
  readonly applied: readonly NextCommand[]
}

/** Says what is true of a lab and what to type next; `apply` runs what is safe, and looks again. */
export async function recover(
  context: Context,
  positional: string | undefined,
  mode: 'look' | 'apply',
): Promise<Recovery> {
  const lab = labNameOf(context, positional)
  const facts = await readFacts(context, lab)
  if (isUnknown(facts)) await requireLab(context, lab)
  const plan = planRecovery(facts)
  const safe = plan.next.filter((next) => next.apply !== undefined)
  if (mode === 'look' || safe.length === 0) return { ...plan, facts, applied: [] }
  for (const next of safe) await runSafe(context, lab, next)
  const after = await readFacts(context, lab)
  return { ...planRecovery(after), facts: after, applied: safe }
}

/** The name was never used. */
const isUnknown = ({ record, lease, engine, machines }: RecoveryFacts): boolean =>
  record.kind === 'absent' &&
  lease.kind === 'free' &&
  engine.state.kind === 'absent' &&
  machines.every(({ presence }) => presence === 'absent')

/** From the record alone: the configuration is not meant to turn it into another lab here. */
async function runSafe(context: Context, lab: string, next: NextCommand): Promise<void> {
  const settings = { ...context.settings, profile: undefined, size: undefined, instanceType: undefined }
  const plain = { ...context, settings }
  if (next.apply === 'up') {
    const { up } = await import('../up/up.js')
    await up(plain, lab)
  } else {
    const { down } = await import('../down/down.js')
    await down(plain, lab)
  }
}
