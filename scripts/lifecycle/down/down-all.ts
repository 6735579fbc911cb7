import type { Context } from '../../context.js'
import { assertNoneNamed, declaredLabs } from '../../lab/declared.js'
import { destroyMany, listForDestruction, type Fate } from './destroy-many.js'

/** Destroys every living lab that the configuration declares. `consent` is asked once, with their names, and throws to stop. */
export async function downAll(
  context: Context,
  positional: string | undefined,
  consent: (labs: readonly string[]) => Promise<void>,
): Promise<readonly Fate[]> {
  assertNoneNamed(context, 'down', positional)
  const names = new Set<string>(declaredLabs(context, 'down').map(({ name }) => name))
  const chosen = (await listForDestruction(context)).labs.filter(({ lab }) => names.has(lab))
  if (chosen.length > 0) await consent(chosen.map(({ lab }) => lab))
  // The names are ours to use, whoever made the labs in the meantime.
  return destroyMany(context, 'down', chosen, { spare: () => undefined, outcomeOf: () => 'left' })
}
