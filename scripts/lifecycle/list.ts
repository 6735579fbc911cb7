import type { AnyLab } from '../../backend/lab.js'
import type { BackendError } from '../../backend/errors.js'
import { listRecords } from '../../backend/record.js'
import type { Context } from '../context.js'
import { viewLab, type LabView } from './view.js'

export interface ListedLab {
  readonly view: LabView
  readonly createdAt: string
  /** The command under way, if any. */
  readonly command: AnyLab['command']
}

/** The labs of this backend; those whose record is garbage come apart, and hide no other. */
export async function listLabs(
  context: Context,
  all: boolean,
): Promise<{ readonly labs: readonly ListedLab[]; readonly unreadable: readonly BackendError[] }> {
  const { labs, unreadable } = await listRecords(await context.store())
  const wanted = labs.filter((lab) => all || lab.state !== 'destroyed')
  const listed = await Promise.all(
    wanted.map(async (lab) => ({
      ...{ view: await viewLab(context, lab, new Date()), createdAt: lab.createdAt, command: lab.command },
    })),
  )
  return { labs: listed, unreadable }
}
