import type { AnyLab } from '../../backend/lab.js'
import type { Engine } from '../engine/resolve.js'
import { parseState } from '../engine/state-document.js'
import { objectsIn, type StateObject } from '../engine/state-objects.js'
import { pullState } from '../engine/tofu.js'
import { LabError } from '../errors.js'
import { runOperation } from './engine-session.js'
import type { Session } from './gate.js'
import type { Provider, StepControl, Stray } from '../providers/provider.js'
import { removeUntilGone } from './removal.js'

/** What was done about things of a lab that OpenTofu does not know. */
export type Settled =
  | { readonly kind: 'none' }
  /** They must be imported into the state. */
  | { readonly kind: 'import'; readonly strays: readonly Stray[] }
  /** Everything of the lab was removed. */
  | { readonly kind: 'removed' }

/** What settling strays needs: the engine is initialised in its folder. */
export interface Settling {
  readonly session: Session
  readonly hooks: Provider
  readonly engine: Engine
  readonly folder: string
  /** The objects of the state; undefined if only the engine can read it. */
  readonly stored: readonly StateObject[] | undefined
  /** The machines that will be made, whether or not they exist. */
  readonly anew: readonly string[]
}

/**
 * A cloud may have made something that no state mentions: its answer was lost, or the engine was killed
 * before it wrote the state. Made again, it would be refused because it exists, or exist twice. If a machine
 * has been in use, the strays must be imported; otherwise everything of the lab is removed, which always
 * works. Throws LabError leftovers.
 */
export async function settleStrays(settling: Settling, lab: AnyLab, step: StepControl): Promise<Settled> {
  const { session, hooks, anew } = settling
  if (hooks.objects === undefined) return { kind: 'none' }
  const objects = await knownObjects(settling, step.detail)
  const strays = await hooks.objects.straysBeside(session.context, lab, objects, step.signal)
  if (strays.length === 0) return { kind: 'none' }
  const told = strays.map(({ what }) => what).join(', ')
  if (!lab.machines.some((machine) => isKept(machine, anew))) {
    session.context.progress.say(
      `An earlier attempt created ${told}, which OpenTofu does not know: removing everything of ${lab.lab} and starting over`,
    )
    await removeUntilGone(session, hooks, lab, step.detail)
    return { kind: 'removed' }
  }
  const unique = strays.filter(
    ({ address }) => strays.filter((other) => other.address === address).length === 1,
  )
  session.context.progress.say(
    `OpenTofu does not know ${told}, which belongs to ${lab.lab}: adding it to its state`,
  )
  return { kind: 'import', strays: unique }
}

/**
 * After a failure: if a part of the lab blocked another (such as a rule or a route that only OpenTofu treats
 * as separate), removes everything of the lab. Returns whether it did, so that another try may succeed.
 * Throws LabError leftovers.
 */
export async function clearWay(
  error: unknown,
  settling: Pick<Settling, 'session' | 'hooks' | 'anew'>,
  lab: AnyLab,
  step: StepControl,
): Promise<boolean> {
  const { session, hooks, anew } = settling
  if (!(error instanceof LabError) || error.fault.code !== 'cloud-exists') return false
  if (hooks.objects === undefined || lab.machines.some((machine) => isKept(machine, anew))) return false
  session.context.progress.say(
    `Something from an earlier attempt is in the way (${error.fault.reason}): removing everything of ${lab.lab} and starting over`,
  )
  await removeUntilGone(session, hooks, lab, step.detail)
  return true
}

/** An engine has reported its address, so someone may have left data on it. */
const isKept = ({ name, address }: AnyLab['machines'][number], anew: readonly string[]): boolean =>
  address !== null && !anew.includes(name)

/** Only the engine can tell this about an encrypted one. */
async function knownObjects(
  { session, engine, folder, stored }: Settling,
  detail: (text: string) => void,
): Promise<readonly StateObject[]> {
  if (stored !== undefined) return stored
  let clear = ''
  await runOperation(session, engine, folder, detail, async (run) => {
    clear = await pullState(run)
  })
  const pulled = parseState(clear)
  return pulled.kind === 'plain' ? objectsIn(pulled.document).objects : []
}
