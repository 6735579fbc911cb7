import type { Distro } from '../../distro-catalog/distro.js'
import { endOfLifeNotice } from '../../distro-catalog/end-of-life.js'
import type { Context } from '../context.js'

/** Says in one line that a distro about to be used has reached its end of life, or soon will. */
export async function sayEndOfLife(
  { catalog, progress }: Pick<Context, 'catalog' | 'progress'>,
  distro: Distro,
  now = new Date(),
): Promise<void> {
  const notice = endOfLifeNotice(distro, (await catalog()).distros.values(), now)
  if (notice !== undefined) progress.say(notice)
}
