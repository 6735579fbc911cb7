import { hasMarks, imageTags } from '../../stacks/naming.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { named, type ImageSubject } from './subject.js'

interface Taken {
  readonly id: string
  readonly tags?: Readonly<Record<string, string>>
}

/**
 * `taken`: a thing that already has the image's name. Throws LabError import-name-taken unless it comes from
 * this backend's own import.
 */
export function checkOurs(
  { space }: Context,
  subject: ImageSubject,
  taken: Taken | undefined,
  region?: string,
): void {
  const marks = imageTags(space.backendId, subject.distro.name, subject.architecture)
  if (taken === undefined || hasMarks(taken.tags, marks)) return
  const where = region === undefined ? {} : { region }
  throw new LabError({ code: 'import-name-taken', ...named(subject), id: taken.id, ...where })
}
