import { forgetState } from '../../../backend/state-backend.js'
import type { AnyLab, Lab } from '../../../backend/lab.js'
import { CatalogError } from '../../../distro-catalog/errors.js'
import { spaceOf, type Context } from '../../context.js'
import { destroy } from '../../engine/tofu.js'
import { onEachMachine } from '../../each-machine.js'
import { LabError } from '../../errors.js'
import { explain } from '../../explain.js'
import { withReserve } from '../../reserve.js'
import { forgetLab } from '../../workspace.js'
import { engineFor } from '../../lab/engine-for.js'
import { writeConfiguration } from '../../lab/configuration.js'
import { limitsOf } from '../../lab/engine-limits.js'
import { initialiseEngine, runOperation, settleEngine } from '../../lab/engine-session.js'
import { throughGate, type Session } from '../../lab/gate.js'
import { assertOwnFacts } from '../../lab/own-facts.js'
import { assertOwnObjects } from '../../lab/own-objects.js'
import type { Provider } from '../../providers/provider.js'
import { providerOf } from '../../providers/registry.js'
import { removeUntilGone } from '../../lab/removal.js'
import { downSteps, verifySteps } from '../../lab/step-lists.js'
import { alreadyRecorded, Steps, type Timing } from '../../lab/steps.js'
import { assertRemovable, isNeverMade } from '../../lab/in-reach.js'
import { labNameOf, requireLab } from '../../lab/target.js'

export interface DownResult {
  readonly lab: string
  readonly state: 'destroyed'
  /** False: it was already destroyed. */
  readonly changed: boolean
  /**
   * False: nothing was ever made of it, and its provider could not be asked; otherwise `leftovers` or
   * `not-ours` is thrown.
   */
  readonly verified: boolean
  readonly timings: readonly Timing[]
}

/** Destroys a lab and verifies with the provider, not with the engine, that nothing of it is left. */
export async function down(context: Context, positional: string | undefined): Promise<DownResult> {
  const name = labNameOf(context, positional)
  const known = await requireLab(context, name)
  await assertRemovable(context, known)
  return withReserve(context, async () => {
    // Find out what this computer lacks before anything is recorded.
    if (known.state !== 'destroyed') await engineFor(context).catch(unlessDispensable)
    return throughGate(context, name, 'down', (session) => destroyLab(session, session.writer.lab ?? known))
  })
}

/** Destroys the lab of a session, from any state. Throws LabError leftovers or not-ours. */
export async function destroyLab(session: Session, current: AnyLab): Promise<DownResult> {
  const { context, lab } = session
  assertOwnFacts(context, current)
  const changed = current.state !== 'destroyed'
  const steps = new Steps(session, changed ? downSteps : verifySteps)
  const outcome =
    current.state === 'destroyed'
      ? await verifyDestroyed(session, steps, current)
      : await destroyLiving(session, steps, current)
  await forgetLab(spaceOf(context, current), lab)
  // Everything of the lab is gone. Other people's things with its names are not ours to remove, and are
  // always reported.
  if (outcome.foreign.length > 0) throw new LabError({ code: 'not-ours', lab, foreign: outcome.foreign })
  const { verified } = outcome
  return { ...({ lab, state: 'destroyed' } as const), changed, verified, timings: steps.timings }
}

interface Verified {
  readonly foreign: readonly string[]
  readonly verified: boolean
}

/** An `up` that was interrupted at its very beginning has left a key. */
async function verifyDestroyed(session: Session, steps: Steps, lab: AnyLab): Promise<Verified> {
  const verified = await verify(session, steps, lab)
  await session.writer.finish()
  return verified
}

async function destroyLiving(
  session: Session,
  steps: Steps,
  current: Exclude<AnyLab, Lab<'destroyed'>>,
): Promise<Verified> {
  const { context, lab, writer } = session
  const first = isNeverMade(current) ? 'verify' : 'synth'
  const destroying = await writer.transition(current, 'destroying', { step: first })
  const isByEngine = !isNeverMade(current) && (await destroyByEngine(session, steps, destroying))
  steps.skip('synth', 'init', 'destroy')
  const verified = await verify(session, steps, destroying)
  // The state is about things that are gone, or is unreadable: the next lab of that name would fail on it.
  if (!isByEngine) await forgetState(await context.store(), context.location, lab)
  await writer.transition(destroying, 'destroyed', { step: null, finish: true, patch: { engine: null } })
  return verified
}

/** Returns false if the engine could not do it, and it can be done without the engine. */
async function destroyByEngine(session: Session, steps: Steps, lab: Lab<'destroying'>): Promise<boolean> {
  try {
    await runSteps(session, steps, lab, await providerOf(lab.provider))
    return true
  } catch (error) {
    unlessDispensable(error)
    const { message } = explain(error)
    session.context.progress.say(
      `OpenTofu could not remove ${lab.lab}: ${message}\nRemoving it without OpenTofu …`,
    )
    return false
  }
}

async function runSteps(
  session: Session,
  steps: Steps,
  lab: Lab<'destroying'>,
  hooks: Provider,
): Promise<void> {
  const { context } = session
  const [, { engine, folder, state }] = await steps.runRecorded(
    'synth',
    async () => {
      await settleEngine(session, 'interrupt')
      // A resource that is only in the state has no provisioner, so the engine only forgets it.
      const forgotten = hooks.here === undefined ? lab : { ...lab, machines: [] }
      const spec = hooks.buildSpec(context, forgotten, await context.catalog(), [])
      return {
        engine: await engineFor(context),
        state: spec.state,
        folder: await writeConfiguration(session, spec),
      }
    },
    alreadyRecorded,
  )
  await steps.run('init', async (detail) => {
    await initialiseEngine(session, engine, folder, state, detail)
    await assertOwnObjects(session, lab)
  })
  await steps.run('destroy', async (detail) => {
    const limits = limitsOf(context, hooks)
    // A failure of the engine leaves the machines as they are.
    await runOperation(session, engine, folder, detail, (run) => destroy({ ...run, limits }))
    const step = { signal: session.signal, detail }
    // One that will not go keeps no other.
    await onEachMachine(lab.machines, step, async (machine, { detail: told }) =>
      hooks.here?.remove(machine, { ...step, detail: told }),
    )
  })
}

/** Someone else's running work, a decision that a person must make, and problems that must be fixed here. */
const DECISIVE: ReadonlySet<string> = new Set([
  ...['interrupted', 'engine-locked', 'engine-lock-raced', 'state-refused', 'record-mismatch'],
  ...[
    'passphrase-missing',
    'passphrase-short',
    'state-undecryptable',
    'state-encrypted',
    'state-unencrypted',
  ],
])

/** Throws a reason that prevents removing a lab, not only a failure of the engine. */
function unlessDispensable(error: unknown): void {
  // The distro is no longer in the catalog.
  if (error instanceof CatalogError) return
  if (!(error instanceof LabError) || DECISIVE.has(error.fault.code)) throw error
  // It is still running.
  if (error.fault.code === 'engine-timeout' && error.fault.pid !== null) throw error
}

/**
 * The engine reports what it did; this checks what exists, and removes it. Returns things that only have the
 * lab's names. Throws LabError leftovers.
 */
async function verify(session: Session, steps: Steps, lab: AnyLab): Promise<Verified> {
  const hooks = await providerOf(lab.provider)
  return steps.run('verify', async (detail) => {
    try {
      return { foreign: await removeUntilGone(session, hooks, lab, detail), verified: true }
    } catch (error) {
      if (!isNeverMade(lab) || !(error instanceof LabError) || !error.fault.code.startsWith('cloud-'))
        throw error
      session.context.progress.say(`No resource of ${lab.lab} was ever created: removing only its record.`)
      return { foreign: [], verified: false }
    }
  })
}
