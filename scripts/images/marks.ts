import { imageTags } from '../../stacks/naming.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { named, type ImageSubject } from './subject.js'

type Tags = Readonly<Record<string, string>>

interface Taken {
  readonly id: string
  readonly tags?: Tags
}

export const isMarked = ({ tags = {} }: Taken, marks: Tags): boolean =>
  Object.entries(marks).every(([tag, value]) => tags[tag] === value)

/** `taken`: what has the image's name already. Throws LabError import-name-taken unless it is of this backend's own import. */
export function checkOurs(
  { space }: Context,
  subject: ImageSubject,
  taken: Taken | undefined,
  region?: string,
): void {
  const marks = imageTags(space.backendId, subject.distro.name, subject.architecture)
  if (taken === undefined || isMarked(taken, marks)) return
  const where = region === undefined ? {} : { region }
  throw new LabError({ code: 'import-name-taken', ...named(subject), id: taken.id, ...where })
}
