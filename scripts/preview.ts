import { isLabName, type LabName } from '../backend/lab-name.js'
import { CatalogError } from '../distro-catalog/errors.js'
import { hasOffers } from '../distro-catalog/cloud.js'
import { synthesiseApp } from '../stacks/app.js'
import type { LabSpec } from '../stacks/registry.js'
import { loadConfig } from './config.js'
import { createContext, type Context } from './context.js'
import { readEnvironment } from './env.js'
import { explain } from './explain.js'
import { listenForInterrupts } from './interrupt.js'
import { contextOf, declaredLabs, hasDeclaredLabs } from './lab/declared.js'
import { furnishingOfNew } from './lab/planned-furnishing.js'
import { decide, draftLab } from './lab/plan-lab.js'
import { defaultLabName } from './lab/target.js'
import { quietProgress } from './report/progress.js'
import { redactor } from './report/redact.js'
import { resolveSettings } from './settings.js'

// The app of `cdktf.json`: one stack for each profile and one for each declared lab, as `up` would make them. It needs no
// credentials, asks no one and reads no record, so the same configuration always gives the same files.

/** It belongs to no backend and no life of a lab. */
const NO_ID = '0'.repeat(12)
/** It opens nothing: no one has its other half. */
const NO_KEY = `ssh-ed25519 ${Buffer.concat([Buffer.from('0000000b', 'hex'), Buffer.from('ssh-ed25519'), Buffer.from('00000020', 'hex'), Buffer.alloc(32)]).toString('base64')}`

const context = await previewContext()
const labs = await labsOf(context)
const specs = await Promise.all(labs.map(([lab, own]) => specOrReason(own, lab)))
await synthesiseApp(specs.filter((spec) => spec !== undefined))
context.interrupt.dispose()

async function previewContext(): Promise<Context> {
  const env = readEnvironment()
  const cwd = process.cwd()
  const config = await loadConfig({ cwd, configHome: env.configHome, explicit: env.flags['config'] })
  const made = createContext({
    env,
    config,
    settings: { ...resolveSettings({}, env, config, cwd), name: undefined },
    progress: quietProgress(process.stderr),
    interrupt: listenForInterrupts(() => undefined),
    redact: redactor(env.secrets),
    encryption: undefined,
  })
  return { ...made, space: { home: env.home, cache: env.cache, backendId: NO_ID } }
}

/** A declared lab comes before the default lab of a profile with its name. */
async function labsOf(shared: Context): Promise<readonly (readonly [LabName, Context])[]> {
  const catalog = await shared.catalog()
  const pairs = [...catalog.distros.values()].flatMap((distro) =>
    [...catalog.providers.values()]
      .filter((provider) => hasOffers(provider) && distro.providers[provider.name] !== undefined)
      .map((provider) => `${distro.name}-${provider.name}`),
  )
  const profiles = [...new Set([...pairs, ...Object.keys(shared.config.values.profiles ?? {})])]
  const found = new Map<LabName, Context>()
  for (const profile of profiles) {
    const lab = defaultLabName(profile)
    const settings = { ...shared.settings, profile, machines: undefined }
    if (isLabName(lab)) found.set(lab, { ...shared, settings })
  }
  const declared = hasDeclaredLabs(shared) ? declaredLabs(shared, 'plan') : []
  for (const each of declared) found.set(each.name, contextOf(shared, each))
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** A profile may not fit this computer, or the configuration's region; the others are still shown. */
async function specOrReason(own: Context, lab: LabName): Promise<LabSpec | undefined> {
  try {
    return await specOf(own, lab)
  } catch (error) {
    const { code, message } = explain(error)
    if (code === 'internal') throw error
    if (!(error instanceof CatalogError && code === 'pair-unavailable'))
      own.progress.say(`${lab}: ${message}`)
    return undefined
  }
}

async function specOf(own: Context, lab: LabName): Promise<LabSpec> {
  const draft = await draftLab(own, lab, undefined, 'known')
  const given = own.settings.network ?? draft.profile.network
  const plan = {
    ...draft,
    allowFrom: await draft.hooks.networks?.allowFrom(own, 'known'),
    network: given === undefined || draft.hooks.networks === undefined ? undefined : { given },
    authorizedKeys: [],
    ...(await furnishingOfNew(own, draft)),
    identity: { source: 'generated', file: '', publicKey: NO_KEY } as const,
  }
  const decided = { ...(await decide(own, plan, null)), incarnation: NO_ID }
  const tags = { ...decided.tags, 'distrolab-incarnation': NO_ID }
  const facts = { ...decided, tags, lab, createdAt: '' }
  return draft.hooks.buildSpec(own, facts, await own.catalog(), [])
}
