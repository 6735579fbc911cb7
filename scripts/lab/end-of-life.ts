import type { Distro } from '../../distro-catalog/distro.js'
import { endOfLifeNotice } from '../../distro-catalog/end-of-life.js'
import type { Context } from '../context.js'

/** Says in one line that a distro that is about to be made has had its time, or soon will. */
export async function sayEndOfLife(
  { catalog, progress }: Pick<Context, 'catalog' | 'progress'>,
  distro: Distro,
  now = new Date(),
): Promise<void> {
  const notice = endOfLifeNotice(distro, (await catalog()).distros.values(), now)
  if (notice !== undefined) progress.say(notice)
}
