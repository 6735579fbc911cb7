import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { isElsewhere } from './target.js'

/**
 * Throws LabError lab-on-other-computer: its machines cannot be reached from here, or another lab's would be.
 */
export function assertHere(context: Context, lab: AnyLab): void {
  if (!isElsewhere(context, lab)) return
  const { user, host } = lab.owner
  throw new LabError({ code: 'lab-on-other-computer', lab: lab.lab, user, host })
}
