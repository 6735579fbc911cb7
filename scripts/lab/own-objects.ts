import type { AnyLab } from '../../backend/lab.js'
import { LabError } from '../errors.js'
import { parseState } from '../engine/state-document.js'
import { readStateText } from '../engine/state-file.js'
import { objectsIn, type StateObject } from '../engine/state-objects.js'
import type { Session } from './gate.js'
import { providerOf } from '../providers/registry.js'

/**
 * Call before the engine changes anything. The state is in the backend, and anyone who can write there can
 * name any machine of the account by its id, which OpenTofu would then destroy. So each object in it must be
 * the lab's own. Throws LabError state-refused. Returns the objects; undefined if only the engine can read
 * them.
 */
export async function assertOwnObjects(
  { context, signal, lab: name }: Session,
  lab: AnyLab,
): Promise<readonly StateObject[] | undefined> {
  const hooks = await providerOf(lab.provider)
  const { place, text } = await readStateText(await context.store(), context.location, name)
  if (text === undefined) return []
  const state = parseState(text)
  if (state.kind !== 'plain') return undefined
  const { objects, problems } = objectsIn(state.document)
  const strangers =
    objects.length === 0 ? [] : ((await hooks.objects?.strangersAmong(context, lab, objects, signal)) ?? [])
  const told = [
    ...problems,
    ...strangers.map(({ type, id }) => `the ${type} ${id}, which does not belong to the lab`),
  ]
  if (told.length > 0)
    throw new LabError({ code: 'state-refused', lab: lab.lab, place, problems: told.slice(0, 5) })
  return objects
}
