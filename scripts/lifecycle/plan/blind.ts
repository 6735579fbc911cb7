import { BackendError } from '../../../backend/errors.js'
import type { AnyLab } from '../../../backend/lab.js'
import type { LabName } from '../../../backend/lab-name.js'
import { readRecord } from '../../../backend/record.js'
import { synthesiseLab } from '../../../stacks/app.js'
import type { Context } from '../../context.js'
import { explain } from '../../explain.js'
import { EXIT } from '../../explain/explanation.js'
import { furnishingOfNew } from '../../lab/planned-furnishing.js'
import { findLabNetwork, type LabNetwork } from '../../lab/network.js'
import { decide, draftLab, type LabDraft } from '../../lab/plan-lab.js'
import { assertSameLab } from '../../lab/same-lab.js'
import { livingOf } from '../../lab/target.js'
import { expiryOf } from '../../lab/time-left.js'
import { planFacts, type PlannedFacts } from './facts.js'
import {
  decideNow,
  identityOfNext,
  planLabChanges,
  withoutEngine,
  type LabChanges,
  type PlannedChange,
} from './plan.js'

/** This computer cannot ask; another one may. */
const CANNOT_ASK: readonly string[] = [
  ...['cloud-unreachable', 'caller-unknown', 'engine-missing', 'prerequisites-missing'],
  ...['store-unreachable', 'store-forbidden'],
]

const cannotAsk = (error: unknown): boolean => {
  const { code, exitCode } = explain(error)
  return exitCode === EXIT.credentials || CANNOT_ASK.includes(code)
}

/** The same as `planLabChanges`; from configuration, records and synthesis alone where no one can be asked. */
export async function planOrForetell(context: Context, lab: LabName): Promise<LabChanges> {
  try {
    return await planLabChanges(context, lab)
  } catch (error) {
    context.interrupt.signal.throwIfAborted()
    if (!cannotAsk(error)) throw error
    return foretell(context, lab, context.redact(explain(error).message))
  }
}

async function foretell(given: Context, lab: LabName, reason: string): Promise<LabChanges> {
  const { context, record } = await readOrGuess(given, lab)
  const living = livingOf(record)
  if (living !== undefined) await assertSameLab(context, living)
  const draft = await draftLab(context, lab, living, 'known')
  const facts = living ?? (await factsOfNew(context, draft))
  const decision = await decideNow(context, lab, record)
  const { profile } = draft
  return {
    lab,
    profile: facts.profile,
    provider: profile.provider.name,
    region: facts.region,
    distro: profile.distro.name,
    state: living?.state ?? null,
    costPerHourUsd: facts.costPerHourUsd,
    changes: await changesOf(context, draft, facts, decision.kind),
    notRefreshed: reason,
    vanished: [],
    facts: await planFacts(context, facts, living),
  }
}

interface Known {
  readonly context: Context
  readonly record: AnyLab | undefined
}

/** Where the backend cannot be read, the lab is planned as a new one, under the id of previews. */
async function readOrGuess(context: Context, lab: LabName): Promise<Known> {
  try {
    return { context, record: (await readRecord(await context.store(), lab))?.lab }
  } catch (error) {
    if (!(error instanceof BackendError) || !cannotAsk(error)) throw error
    const { home, cache } = context.space
    return { context: { ...context, space: { home, cache, backendId: PREVIEW_ID } }, record: undefined }
  }
}

const PREVIEW_ID = '0'.repeat(12)

/** As `up` would record it, except what only a cloud or a key server knows. */
async function factsOfNew(context: Context, draft: LabDraft): Promise<PlannedFacts> {
  const now = new Date()
  const allowFrom = await draft.hooks.networks?.allowFrom(context, 'known')
  const plan = {
    ...draft,
    allowFrom,
    network: await networkOf(context, draft),
    authorizedKeys: [],
    ...(await furnishingOfNew(context, draft)),
    identity: await identityOfNext(context, draft.lab),
  }
  const decided = await decide(context, plan, expiryOf(context.settings.ttl, now))
  return { ...decided, lab: draft.lab, createdAt: now.toISOString() }
}

async function networkOf(context: Context, draft: LabDraft): Promise<LabNetwork | undefined> {
  try {
    return await findLabNetwork(context, draft)
  } catch (error) {
    if (!cannotAsk(error)) throw error
    return undefined
  }
}

async function changesOf(
  context: Context,
  { hooks }: LabDraft,
  facts: PlannedFacts,
  kind: 'reconnect' | 'reset' | 'make',
): Promise<readonly PlannedChange[]> {
  if (kind === 'reconnect') return []
  if (kind === 'reset') return facts.machines.map(({ name }) => withoutEngine('reset')(name))
  const text = await synthesiseLab(hooks.buildSpec(context, facts, await context.catalog(), []))
  const { resource = {} } = JSON.parse(text) as { resource?: Record<string, Record<string, unknown>> }
  return Object.entries(resource)
    .flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`))
    .sort()
    .map((address): PlannedChange => ({ address, action: 'create', attributes: [] }))
}
