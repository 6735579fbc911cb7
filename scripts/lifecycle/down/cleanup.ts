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

/** Which labs to clean up: those to which everything given applies. */
export interface Selection {
  /** Only those made by this session. */
  readonly session: string | undefined
  /** Milliseconds since a lab was made, by the store's clock. */
  readonly olderThan: number | undefined
}

/**
 * Destroys the selected labs of the backend; leases are waited for as `--wait-lock` says. A record that can't be read
 * is left alone, as nobody can tell whose it is. `consent` is asked once, with the labs' names, and throws to end it all.
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
    // While the lease was waited for the name may have been used again.
    spare: (lab) => (isSelected(lab, selection, now) ? undefined : anotherLab),
    // Of our own session's labs none may stay; those of others live where they are.
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

/** The session we are in. Throws LabError session-unknown where nothing names one. */
export function requireSession({ env }: Context): string {
  if (env.session === undefined) throw new LabError({ code: 'session-unknown' })
  return env.session
}
