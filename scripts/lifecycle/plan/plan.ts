import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { AnyLab } from '../../../backend/lab.js'
import type { LabName } from '../../../backend/lab-name.js'
import { tokenFor } from '../../../backend/lease-token.js'
import { readRecord } from '../../../backend/record.js'
import { synthesiseLab } from '../../../stacks/app.js'
import type { LabSpec } from '../../../stacks/registry.js'
import { engineProviders } from '../../../stacks/registry.js'
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
import {
  decideMaking,
  decideUp,
  foresee,
  makingAll,
  type Making,
  type UpDecision,
} from '../../lab/decide-up.js'
import { furnishingOfNew } from '../../lab/planned-furnishing.js'
import { engineFor } from '../../lab/engine-for.js'
import { lentTokens } from '../../lab/lent-leases.js'
import { findLabNetwork } from '../../lab/network.js'
import { decide, draftLab, type LabDraft } from '../../lab/plan-lab.js'
import { lookAtMachines, presencesOfNew } from '../../lab/presences.js'
import type { SpecFacts } from '../../providers/provider.js'
import { withProviders } from '../../lab/provider-cache.js'
import { assertSameLab } from '../../lab/same-lab.js'
import { assertKeysTaken } from '../../lab/taken-keys.js'
import { engineUmask } from '../../lab/state-modes.js'
import { livingOf } from '../../lab/target.js'
import { expiryOf } from '../../lab/time-left.js'
import { upRequest } from '../../lab/up-request.js'
import { resolveTeamKeys } from '../../lab/team-keys.js'
import { checkDraft } from '../up/checks.js'
import { planFacts, type PlanFacts, type PlannedFacts } from './facts.js'

/** What `up` would change of a lab. `start`: a machine that is off is switched on. `reset`: it goes back to its baseline. */
export interface PlannedChange extends Omit<ResourceChange, 'action'> {
  readonly action: ResourceChange['action'] | 'start' | 'reset'
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
  /** Why neither provider nor engine was asked; null if they were. */
  readonly notRefreshed: string | null
  /** Machines of the record that the provider does not have any more. */
  readonly vanished: readonly string[]
  readonly facts: PlanFacts
}

/**
 * What `up` would do as things are, by the engine's own plan where it would start the engine: of a lab that is there with its
 * pinned image and state, of another everything. Takes no lease, and changes and records nothing.
 */
export async function planLabChanges(context: Context, lab: LabName): Promise<LabChanges> {
  const record = (await readRecord(await context.store(), lab))?.lab
  const living = livingOf(record)
  if (living !== undefined) await assertSameLab(context, living)
  const checked = await checkDraft(context, lab, living)
  const decision = await decideNow(context, lab, record)
  await sayWhatIsMissing(context, checked)
  const draft = living === undefined ? await draftLab(context, lab, living) : checked
  const { profile } = draft
  const facts = living ?? (await factsOfNew(context, draft))
  const asked = await changesOf(context, draft, facts, decision)
  return {
    lab,
    profile: facts.profile,
    provider: profile.provider.name,
    region: facts.region,
    distro: profile.distro.name,
    state: living?.state ?? null,
    costPerHourUsd: facts.costPerHourUsd,
    ...asked,
    notRefreshed: null,
    facts: await planFacts(context, facts, living),
  }
}

export type Accepted = Exclude<UpDecision, { readonly kind: 'refuse' }>

/** By our own clock: some stores tell theirs only to whoever writes. Throws what `up` would refuse. */
export async function decideNow(
  context: Context,
  lab: LabName,
  record: AnyLab | undefined,
): Promise<Accepted> {
  const isLent = tokenFor(lentTokens(context), lab, context.space.backendId) !== undefined
  const request = await upRequest(context, livingOf(record), { now: new Date(), isLent })
  const decision = decideUp(record, request)
  if (decision.kind === 'refuse') throw new LabError(decision.fault)
  return decision
}

/** In the order in which `up` comes to them. */
async function changesOf(
  context: Context,
  draft: LabDraft,
  facts: SpecFacts,
  decision: Accepted,
): Promise<Pick<LabChanges, 'changes' | 'vanished'>> {
  const { hooks } = draft
  const names = facts.machines.map(({ name }) => name)
  const living = decision.kind === 'make' ? livingOf(decision.former) : decision.lab
  const presences =
    living === undefined
      ? presencesOfNew(hooks, facts.machines)
      : await lookAtMachines(context, hooks, living)
  const baseline = hooks.baseline?.kind
  const seen = foresee(decision, presences, { wait: context.settings.wait, baseline })
  const absent = presences.flatMap(([name, presence]) => (presence === 'absent' ? [name] : []))
  const vanished = living === undefined ? [] : absent
  if (seen.kind === 'reconnect') return { changes: [], vanished }
  if (seen.kind === 'make') {
    const allowFrom = seen.allowFrom === undefined ? {} : { allowFrom: [...seen.allowFrom] }
    const making = decideMaking(seen.former, presences)
    return { changes: await changesOfMaking(context, draft, { ...facts, ...allowFrom }, making), vanished }
  }
  if (baseline !== 'image') return { changes: names.map(withoutEngine('reset')), vanished }
  return { changes: await changesOfMaking(context, draft, facts, makingAll(names)), vanished }
}

async function changesOfMaking(
  context: Context,
  { lab, hooks }: LabDraft,
  facts: SpecFacts,
  { anew, replace, start }: Making,
): Promise<readonly PlannedChange[]> {
  const spec = hooks.buildSpec(context, facts, await context.catalog(), anew)
  const addresses = replace.flatMap((name) => hooks.replaceAddress?.(name) ?? [])
  return [...(await askEngine(context, lab, spec, addresses)), ...start.map(withoutEngine('start'))]
}

export const withoutEngine =
  (action: 'start' | 'reset') =>
  (address: string): PlannedChange => ({ address, action, attributes: [] })

/** Programs that only `up` needs do not keep anybody from looking; without credentials nothing can be asked. */
async function sayWhatIsMissing(context: Context, { hooks }: LabDraft): Promise<void> {
  try {
    await hooks.checkPrerequisites?.(context)
  } catch (error) {
    if (!(error instanceof LabError && error.fault.code === 'prerequisites-missing')) throw error
    context.progress.say(explain(error).message)
  }
}

/** As `up` would record it now. */
async function factsOfNew(context: Context, draft: LabDraft): Promise<PlannedFacts> {
  const { lab, hooks } = draft
  const now = new Date()
  const network = await findLabNetwork(context, draft)
  const allowFrom = await hooks.networks?.allowFrom(context, 'measure')
  const authorizedKeys = await resolveTeamKeys(context, lab)
  const identity = await identityOfNext(context, lab)
  assertKeysTaken(draft.profile.provider, identity, authorizedKeys)
  const furnishing = await furnishingOfNew(context, draft)
  const plan = { ...draft, ...furnishing, allowFrom, network, authorizedKeys, identity }
  const decided = await decide(context, plan, expiryOf(context.settings.ttl, now))
  return { ...decided, lab, createdAt: now.toISOString() }
}

/** The key that `up` would use; in place of one that it would make, a temporary one. */
export async function identityOfNext({ settings, env, space }: Context, lab: string): Promise<Identity> {
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
