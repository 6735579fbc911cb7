import type { AnyLab } from '../../backend/lab.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { isElsewhere } from './target.js'

/** Throws LabError lab-on-other-computer: whoever asks for its machines here reaches none, or another lab's. */
export function assertHere(context: Context, lab: AnyLab): void {
  if (!isElsewhere(context, lab)) return
  const { user, host } = lab.owner
  throw new LabError({ code: 'lab-on-other-computer', lab: lab.lab, user, host })
}
