import type { AnyLab } from '../../backend/lab.js'
import type { Engine } from '../engine/resolve.js'
import { parseState } from '../engine/state-document.js'
import { objectsIn, type StateObject } from '../engine/state-objects.js'
import { pullState } from '../engine/tofu.js'
import { LabError } from '../errors.js'
import { runOperation } from './engine-session.js'
import type { Session } from './gate.js'
import type { ProviderHooks, StepControl, Stray } from '../providers/provider.js'
import { removeUntilGone } from './removal.js'

/** What was done about things of a lab that OpenTofu does not know. */
export type Settled =
  | { readonly kind: 'none' }
  /** They are to be taken into the state. */
  | { readonly kind: 'import'; readonly strays: readonly Stray[] }
  /** Everything of the lab was removed. */
  | { readonly kind: 'removed' }

/** Whoever settles strays: the engine is initialised in its folder. */
export interface Settling {
  readonly session: Session
  readonly hooks: ProviderHooks
  readonly engine: Engine
  readonly folder: string
  /** The objects of the state; undefined where only the engine can read it. */
  readonly stored: readonly StateObject[] | undefined
  /** The machines that are to be made, whether or not they are there. */
  readonly anew: readonly string[]
}

/**
 * A cloud may have made what no state tells of: its answer was lost, or the engine was killed before it wrote the state.
 * Made once more, such a thing would be refused as one that exists, or be there twice. Where a machine has been in use,
 * they are to be imported; else everything of the lab is removed, which is sure to work. Throws LabError leftovers.
 */
export async function settleStrays(settling: Settling, lab: AnyLab, step: StepControl): Promise<Settled> {
  const { session, hooks, anew } = settling
  if (hooks.straysBeside === undefined) return { kind: 'none' }
  const objects = await knownObjects(settling, step.detail)
  const strays = await hooks.straysBeside(session.context, lab, objects, step.signal)
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
 * After a failure: where something of the lab stood in its own way, as a rule or a route that only OpenTofu counts as a thing of
 * its own, everything of the lab is removed. Returns whether it was, so that another try may do it. Throws LabError leftovers.
 */
export async function clearWay(
  error: unknown,
  settling: Pick<Settling, 'session' | 'hooks' | 'anew'>,
  lab: AnyLab,
  step: StepControl,
): Promise<boolean> {
  const { session, hooks, anew } = settling
  if (!(error instanceof LabError) || error.fault.code !== 'cloud-exists') return false
  if (hooks.straysBeside === undefined || lab.machines.some((machine) => isKept(machine, anew))) return false
  session.context.progress.say(
    `Something from an earlier attempt is in the way (${error.fault.reason}): removing everything of ${lab.lab} and starting over`,
  )
  await removeUntilGone(session, hooks, lab, step.detail)
  return true
}

/** An engine has told where it is: someone may have left something on it. */
const isKept = ({ name, address }: AnyLab['machines'][number], anew: readonly string[]): boolean =>
  address !== null && !anew.includes(name)

/** Of one that is encrypted only the engine can tell. */
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
