import { inParallel } from '../../backend/in-parallel.js'
import type { AnyLab } from '../../backend/lab.js'
import { listLiving, listRecords } from '../../backend/record.js'
import type { Context } from '../context.js'
import { explain } from '../explain.js'
import { forgetNamesOfDestroyed } from '../ssh-names/gone.js'
import { viewLab, type LabView } from '../lab/view.js'

export interface ListedLab {
  readonly view: LabView
  readonly createdAt: string
  /** The running command, if any. */
  readonly command: AnyLab['command']
}

export interface LabList {
  readonly labs: readonly ListedLab[]
  /** Why others are not shown, each in a message of its own. */
  readonly problems: readonly string[]
}

/** Each may have a connection to its QEMU open; they share one look at the processes. */
const AT_ONCE = 32

/** The labs of this backend; one that cannot be read or shown hides no other. */
export async function listLabs(context: Context, all: boolean): Promise<LabList> {
  const store = await context.store()
  const { labs, unreadable } = await (all ? listRecords(store) : listLiving(store))
  await forgetNamesOfDestroyed(store, context.space, labs)
  const problems = unreadable.map((error) => explain(error).message)
  const listed: ListedLab[] = []
  for (const shown of await inParallel(labs, AT_ONCE, (lab) => showOrExplain(context, lab))) {
    if (typeof shown === 'string') problems.push(shown)
    else listed.push(shown)
  }
  return { labs: listed, problems }
}

/** A record may make no sense here, for example with a provider that only another version knows. */
async function showOrExplain(context: Context, lab: AnyLab): Promise<ListedLab | string> {
  try {
    const view = await viewLab(context, lab, new Date())
    return { view, createdAt: lab.createdAt, command: lab.command }
  } catch (error) {
    context.interrupt.signal.throwIfAborted()
    return `${lab.lab} cannot be shown: ${explain(error).message}`
  }
}
