import type { AnyLab } from '../../../backend/lab.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import {
  destroyMany,
  listForDestruction,
  unreadableFates,
  type Fate,
  type Judge,
  type Verdict,
} from './destroy-many.js'

/** Which labs to clean up: those that match everything given. */
export interface Selection {
  /** Only those made by this session. */
  readonly session: string | undefined
  /** Milliseconds since a lab was made, by the store's clock. */
  readonly olderThan: number | undefined
}

/**
 * Destroys the selected labs of the backend, and waits for leases as `--wait-lock` says. An unreadable record
 * is left alone, because its owner is unknown. `consent` is asked once, with the labs' names, and throws to
 * stop everything.
 */
export async function cleanup(
  context: Context,
  selection: Selection,
  consent: (labs: readonly string[]) => Promise<void>,
): Promise<readonly Fate[]> {
  const list = await listForDestruction(context)
  const now = await (await context.store()).now()
  const chosen = list.labs.filter((lab) => isSelected(lab, selection, now))
  if (chosen.length > 0) await consent(chosen.map(({ lab }) => lab))
  const judge: Judge = {
    // While we waited for the lease, the name may have been used again.
    spare: (lab) => (isSelected(lab, selection, now) ? undefined : anotherLab),
    // Every lab of our own session must go; those of others stay where they live.
    outcomeOf: (code) =>
      code === 'lab-on-other-computer' && selection.session === undefined ? 'skipped' : 'left',
  }
  return [...(await destroyMany(context, 'cleanup', chosen, judge)), ...unreadableFates(list)]
}

const anotherLab: Verdict = {
  outcome: 'skipped',
  code: 'another-lab',
  reason: 'someone else recreated it in the meantime',
}

const isSelected = (lab: AnyLab, { session, olderThan }: Selection, now: Date): boolean =>
  (session === undefined || lab.session === session) &&
  (olderThan === undefined || now.getTime() - Date.parse(lab.createdAt) > olderThan)

/** The current session. Throws LabError session-unknown if nothing names one. */
export function requireSession({ env }: Context): string {
  if (env.session === undefined) throw new LabError({ code: 'session-unknown' })
  return env.session
}
