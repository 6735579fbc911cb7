import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyLab } from '../../../backend/lab.js'
import type { LabName } from '../../../backend/lab-name.js'
import { readRecord } from '../../../backend/record.js'
import { synthesiseLab } from '../../../stacks/app.js'
import type { LabSpec } from '../../../stacks/spec.js'
import { engineProviders } from '../../../stacks/engine-providers.js'
import type { Context } from '../../context.js'
import { engineEncryption } from '../../encryption.js'
import { placeCliConfig } from '../../engine/cli-config.js'
import type { EngineRun } from '../../engine/engine-run.js'
import { assertOwnProviders } from '../../engine/installed.js'
import { planChanges, preparePlan, type ResourceChange } from '../../engine/plan.js'
import { assertOwnState } from '../../engine/state-trust.js'
import { describeEvent } from '../../engine/stream.js'
import { preparePlainFolder } from '../../engine/work-folder.js'
import { LabError } from '../../errors.js'
import { explain } from '../../explain.js'
import { identityFromFile, readIdentity, type Identity } from '../../machine/key.js'
import { placeAuthorities } from '../../trust.js'
import { planParent, putFile } from '../../workspace.js'
import { engineFor } from '../../lab/engine-for.js'
import { assertNotExpired, expiryOf } from '../../lab/expiry.js'
import { findLabNetwork } from '../../lab/network.js'
import { allowedAnew, decide, draftLab, type LabDraft } from '../../lab/plan-lab.js'
import { absentIn, lookAtMachines, madeAnew, type Presences } from '../../lab/presences.js'
import type { SpecFacts } from '../../providers/provider.js'
import { withProviders } from '../../lab/provider-cache.js'
import { assertSameLab } from '../../lab/same-lab.js'
import { assertKeysTaken } from '../../lab/taken-keys.js'
import { engineUmask } from '../../lab/state-modes.js'
import { livingOf } from '../../lab/target.js'
import { resolveTeamKeys } from '../../lab/team-keys.js'
import { checkDraft } from '../up/checks.js'

/** What `up` would change about a lab. `start`: a machine that is off is started. */
export interface PlannedChange extends Omit<ResourceChange, 'action'> {
  readonly action: ResourceChange['action'] | 'start'
}

export interface LabChanges {
  readonly lab: string
  readonly profile: string
  readonly provider: string
  readonly region: string
  readonly distro: string
  /** From the record; null for a lab that does not exist. */
  readonly state: string | null
  readonly costPerHourUsd: number
  readonly changes: readonly PlannedChange[]
}

/**
 * What `up` would change, according to the engine's own plan: for an existing lab with its pinned image and
 * state, for a new lab everything. Takes no lease, changes nothing and records nothing.
 */
export async function planLabChanges(context: Context, lab: LabName): Promise<LabChanges> {
  const living = livingOf((await readRecord(await context.store(), lab))?.lab)
  if (living !== undefined) await assertSameLab(context, living)
  const checked = await checkDraft(context, lab, living)
  if (living !== undefined) assertPlannable(living)
  await sayWhatIsMissing(context, checked)
  const draft = living === undefined ? await draftLab(context, lab, living) : checked
  const { profile, hooks } = draft
  const presences: Presences = living === undefined ? [] : await lookAtMachines(context, hooks, living)
  const facts =
    living === undefined
      ? await factsOfNew(context, draft)
      : { ...living, ...(await openedTo(context, draft, living)) }
  const anew =
    living === undefined ? facts.machines.map(({ name }) => name) : madeAnew(living.state, presences)
  const spec = hooks.buildSpec(context, facts, profile, anew)
  const replace = absentIn(presences).map((name) => hooks.replaceAddress(name))
  const changes = await askEngine(context, lab, spec, replace)
  return {
    lab,
    profile: facts.profile,
    provider: profile.provider.name,
    region: facts.region,
    distro: profile.distro.name,
    state: living?.state ?? null,
    costPerHourUsd: draft.place.costPerHourUsd,
    changes: [...changes, ...startsOf(presences)],
  }
}

/** If `up` would refuse it under the lease, it is not a plan either. */
function assertPlannable(living: AnyLab): void {
  // By our own clock, because some stores reveal theirs only to a writer.
  assertNotExpired(living, new Date())
  if (living.state === 'destroying') throw new LabError({ code: 'lab-being-destroyed', lab: living.lab })
}

/** Missing programs that only `up` needs do not prevent looking; without credentials nothing can be asked. */
async function sayWhatIsMissing(context: Context, { hooks }: LabDraft): Promise<void> {
  try {
    await hooks.checkPrerequisites(context)
  } catch (error) {
    if (!(error instanceof LabError && error.fault.code === 'prerequisites-missing')) throw error
    context.progress.say(explain(error).message)
  }
}

const openedTo = async (
  context: Context,
  { hooks }: LabDraft,
  living: AnyLab,
): Promise<Pick<SpecFacts, 'allowFrom'>> => {
  const allowFrom = await allowedAnew(context, hooks, living)
  return allowFrom === undefined ? {} : { allowFrom: [...allowFrom] }
}

/** As `up` would record it now. */
async function factsOfNew(context: Context, draft: LabDraft): Promise<SpecFacts> {
  const { lab, hooks } = draft
  const now = new Date()
  const network = await findLabNetwork(context, draft)
  const allowFrom = await hooks.allowFrom(context, 'measure')
  const authorizedKeys = await resolveTeamKeys(context, lab)
  const identity = await identityOfNext(context, lab)
  assertKeysTaken(draft.profile.provider, identity, authorizedKeys)
  const plan = { ...draft, allowFrom, network, authorizedKeys, identity }
  const decided = await decide(context, plan, expiryOf(context.settings.ttl, now))
  return { ...decided, lab, createdAt: now.toISOString() }
}

/** The key that `up` would use; in place of one that it would make, a temporary one. */
async function identityOfNext({ settings, env, space }: Context, lab: string): Promise<Identity> {
  if (settings.sshKey !== undefined) return identityFromFile(settings.sshKey, env.sshAgentSocket)
  const remembered = await readIdentity(space, lab)
  if (remembered !== undefined) return remembered
  const { generateKeyPair } = await import('../../machine/key-pair.js')
  return { source: 'generated', file: '', publicKey: generateKeyPair('').public.trim() }
}

/** In its own folder, because the holder of the lab's lease may be using the lab's. */
async function askEngine(
  context: Context,
  lab: LabName,
  spec: LabSpec,
  replace: readonly string[],
): Promise<readonly ResourceChange[]> {
  const { env, encryption, space, progress, interrupt } = context
  const engine = await engineFor(context)
  const provider = engineProviders[spec.provider]
  await assertOwnState(await context.store(), context.location, lab, provider)
  const folder = await mkdtemp(join(await preparePlainFolder(space, planParent(space)), `${spec.lab}-`))
  const done = interrupt.waitingFor('OpenTofu to stop')
  const run: EngineRun = {
    engine: engine.path,
    folder,
    unset: env.unsetForEngine,
    signal: interrupt.signal,
    umask: await engineUmask(context),
    authorities: await placeAuthorities(env.authorityFiles, env.cache),
    encryption: encryption === undefined ? undefined : engineEncryption(encryption),
    onEvent: (event) => {
      const text = describeEvent(event)
      if (text !== undefined) progress.detail(`${spec.lab}: ${text}`)
    },
  }
  try {
    await putFile(join(folder, 'cdk.tf.json'), await synthesiseLab(spec))
    const settings = { cliConfig: await placeCliConfig(env, folder, provider) }
    const { signal } = interrupt
    await withProviders(context, { lab: spec.lab, provider: spec.provider, signal }, (providers) =>
      preparePlan({ ...run, ...settings, providers }),
    )
    await assertOwnProviders(folder, provider)
    return await planChanges({ ...run, ...settings }, replace)
  } finally {
    done()
    await rm(folder, { recursive: true, force: true })
  }
}

const startsOf = (presences: Presences): PlannedChange[] =>
  presences
    .filter(([, presence]) => presence === 'stopped' || presence === 'partial')
    .map(([address]) => ({ address, action: 'start', attributes: [] }))
