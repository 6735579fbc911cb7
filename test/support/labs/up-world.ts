import { join } from 'node:path'
import { jest } from '@jest/globals'
import { labName, takeLease } from '../backend/support.js'
import { records } from '../backend/records.js'
import { temporaryFolder } from '../cli/support.js'
import { MemoryStore } from './memory-store.js'
import { recordKey } from '../../../backend/keys.js'
import { toAnyLab, type AnyLab } from '../../../backend/lab.js'
import { openLabWriter } from '../../../backend/lab-writer.js'
import type { State } from '../../../backend/lab-state.js'
import type { Lease } from '../../../backend/lease.js'
import { formatLeaseTokens } from '../../../backend/lease-token.js'
import { encodeRecord, readRecord } from '../../../backend/record.js'
import type { Machine } from '../../../backend/record-schema.js'
import { loadCatalog } from '../../../distro-catalog/load.js'
import { createContext, type Context } from '../../../scripts/context.js'
import { readEnvironment } from '../../../scripts/env.js'
import type { Flags } from '../../../scripts/flags.js'
import type { Session } from '../../../scripts/lab/gate.js'
import type { BaselineKind, MakerProvider, Presence } from '../../../scripts/providers/provider.js'
import { SshError } from '../../../scripts/machine/connect.js'
import { resolveSettings } from '../../../scripts/settings.js'
import { machineFolder } from '../../../scripts/workspace.js'
import { machineId } from '../../../stacks/naming.js'

/** What a lab is found as, and what is asked of it. */
export interface Situation {
  /** Undefined: the name was never used. */
  readonly state: State | undefined
  readonly presences: readonly Presence[]
  readonly baseline: BaselineKind
  /** Undefined: no networks are named. */
  readonly named: 'its own' | 'others' | undefined
  readonly wait: 'none' | 'ready'
  readonly isExpired: boolean
  readonly isLent: boolean
  /** With `--disk`, of another size than the lab has. */
  readonly asksOther: boolean
}

/** What was done, or would be. */
export interface Deeds {
  /** What the engine was given; undefined where it was not started. */
  engine?: { readonly spec: unknown; readonly replace: readonly string[] }
  started: string[]
  reset: string[]
}

const LAB = labName('web')
const BACKEND_ID = '6445da26b1c2'
const OWN = ['198.51.100.4/32']
const OTHERS = ['203.0.113.7/32']
const NAMES = ['main', 'second']
const nothing = (): void => undefined
const home = temporaryFolder()
const catalog = loadCatalog()

let found: Situation
let deeds: Deeds
let spec: unknown

const presenceOf = (name: string): Presence => found.presences[NAMES.indexOf(name)] ?? 'absent'
const reached = { hostKey: records.local.machines[0]?.hostKey, end: nothing }

class BaselineLost extends Error {}

/** A provider that writes down what it is told to do. */
const hooks = (): MakerProvider => ({
  patience: { quietMs: 1, totalMs: 1 },
  baseline:
    found.baseline === 'image'
      ? { kind: 'image' }
      : {
          kind: 'snapshot',
          take: async () => 'taken',
          restore: async (_spec, names) => {
            if (names.some((name) => presenceOf(name) === 'absent')) throw new BaselineLost('it is gone')
            deeds.reset.push(...names)
          },
          isLost: (error) => error instanceof BaselineLost,
        },
  checkPrerequisites: async () => undefined,
  resolveSize: () => records.local.size,
  place: async () => ({ region: 'local', costPerHourUsd: 0 }),
  networks: {
    allowFrom: async () => (found.named === 'others' ? OTHERS : OWN),
    find: async () => ({ id: 'network', subnet: 'subnet' }),
  },
  planMachines: async (context) => [machineNamed(context, 'main')],
  swapMachines: (machines) => [...machines],
  prepareImage: async () => ({ image: { id: `sha256:${'0'.repeat(64)}`, kind: 'built', source: 'test' } }),
  buildSpec: (_context, { lab, allowFrom, machines }, _profile, anew) =>
    ({ provider: 'local', lab, allowFrom, machines: machines.map(({ name }) => name), anew }) as never,
  presence: async (_lab, { name }) => presenceOf(name),
  replaceAddress: (name) => `made.${name}`,
  remakeAddress: (name) => `made.${name}`,
  expiry: { enforcers: async () => [], move: async () => undefined },
  start: async (_spec, name) => void deeds.started.push(name),
  removeLeftovers: async () => ({ left: [], foreign: [], mayPass: false }),
  consoleTail: async () => '',
})

const machineNamed = ({ space }: Pick<Context, 'space'>, name: string): Machine => ({
  name,
  id: machineId(BACKEND_ID, LAB, name),
  address: '127.0.0.1',
  port: 20_123,
  user: 'debian',
  hostKey: null,
  place: machineFolder(space, LAB, name),
  distro: records.local.distro,
  size: records.local.size,
  image: records.local.image,
})

const engineDid = async ({ replace }: { readonly replace: readonly string[] }): Promise<void> => {
  deeds.engine = { spec, replace }
}

/** Runs the command as the gate would, with the record in memory. */
async function throughGate<T>(
  context: Context,
  lab: typeof LAB,
  command: string,
  action: (session: Session) => Promise<T>,
): Promise<T> {
  const store = await context.store()
  const held = await takeLease(store, lab, command)
  const lease: Lease = {
    lab,
    fence: held.fence,
    holder: held.holder,
    command,
    since: held.since,
    ...(found.isLent ? { lentBy: {} as never } : {}),
    lost: held.lost,
    storeTime: () => held.storeTime(),
    assertHeld: () => held.assertHeld(),
    release: () => held.release(),
  }
  const writer = await openLabWriter(store, lease)
  const log = { debug: nothing, info: nothing, warn: nothing } as unknown as Session['log']
  try {
    return await action({ context, lab, lease, writer, log, signal: context.interrupt.signal })
  } finally {
    await lease.release()
  }
}

async function mock(path: string, changes: object): Promise<void> {
  const actual = (await import(path)) as object
  jest.unstable_mockModule(path, () => ({ ...actual, ...changes }))
}

/** Puts what would reach a provider, a machine or the engine behind something that writes down what it was asked. */
export async function mockBoundaries(): Promise<void> {
  const scripts = (path: string): string => new URL(`../../../scripts/${path}.js`, import.meta.url).pathname
  const withNoConnections = async (work: { steps: Steps }, next: Next): Promise<unknown> => {
    await work.steps.run('wait-ssh', async () => undefined)
    return next([])
  }
  await mock(scripts('providers/registry'), { providerOf: async () => hooks() })
  await mock(scripts('lab/gate'), { throughGate })
  await mock(scripts('lab/reach'), {
    requireIdentity: async () => ({ source: 'generated', file: 'key', publicKey: 'ssh-ed25519 AAAA' }),
    targetOf: () => ({}),
    writeLabSshConfig: async () => '',
  })
  await mock(scripts('lab/own-machine'), {
    acceptingOwn: async (_session: unknown, _lab: unknown, { name }: Machine) => {
      if (presenceOf(name) !== 'running') throw new SshError('unreachable', 'it is off')
      return reached
    },
    isStanding: async () => false,
  })
  await mock(scripts('lab/guest-clock'), { mendClock: async () => undefined })
  await mock(scripts('lab/configure-machines'), {
    configureMachines: async (work: { steps: Steps }) => {
      await work.steps.run('cloud-init', async () => undefined)
    },
    waitForConfiguration: async ({ steps }: { steps: Steps }) =>
      steps.run('cloud-init', async () => undefined),
    withMachines: async (work: { steps: Steps }, _lab: unknown, next: Next) => withNoConnections(work, next),
    withMachinesRecorded: async (
      { steps }: { steps: Steps },
      _lab: unknown,
      next: Next,
      record: never,
    ): Promise<unknown> => {
      const [recorded] = await steps.runRecorded('wait-ssh', async () => undefined, record)
      return [recorded, await next([])]
    },
  })
  await mock(scripts('lab/engine-for'), { engineFor: async () => ({ path: 'tofu' }) })
  await mock(scripts('lab/engine-session'), {
    settleEngine: async () => undefined,
    initialiseEngine: async () => undefined,
    runOperation: async (...given: unknown[]) => {
      await (given.at(-1) as (run: object) => Promise<void>)({})
      return {}
    },
  })
  await mock(scripts('lab/own-objects'), { assertOwnObjects: async () => [] })
  await mock(scripts('lab/configuration'), {
    writeConfiguration: async (_session: unknown, given: unknown) => void (spec = given),
  })
  await mock(scripts('engine/tofu'), {
    apply: async (_run: unknown, replace: readonly string[]) => engineDid({ replace }),
  })
  await mock(scripts('engine/plan'), {
    preparePlan: async () => undefined,
    planChanges: async (_run: unknown, replace: readonly string[]) => {
      await engineDid({ replace })
      return []
    },
  })
  await mockFiles(scripts)
  await mock(scripts('engine/state-trust'), { assertOwnState: async () => undefined })
  await mock(scripts('engine/installed'), { assertOwnProviders: async () => undefined })
  const app = new URL('../../../stacks/app.js', import.meta.url).pathname
  jest.unstable_mockModule(app, () => ({
    synthesiseLab: async (given: unknown) => {
      spec = given
      return '{}'
    },
  }))
}

/** Files that no one reads: to write them costs more than all the rest. */
async function mockFiles(scripts: (path: string) => string): Promise<void> {
  const key = { source: 'generated', file: 'key', publicKey: 'ssh-ed25519 AAAA' }
  await mock(scripts('machine/key'), { ensureIdentity: async () => key, readIdentity: async () => key })
  await mock(scripts('machine/ssh-config'), { forgetHostKeys: async () => undefined })
  await mock(scripts('workspace'), { putFile: async () => undefined })
  await mock(scripts('reserve'), { keepReserve: async () => undefined })
  await mock(scripts('trust'), { placeAuthorities: async () => undefined })
  await mock(scripts('engine/cli-config'), { placeCliConfig: async () => 'tofurc' })
  await mock(scripts('engine/work-folder'), { preparePlainFolder: async () => home })
}

type Next = (connections: readonly never[]) => Promise<unknown>
type Steps = import('../../../scripts/lab/steps.js').Steps

/** Begins anew: a command in such a situation, and where its deeds are written down. */
export async function commandIn(
  situation: Situation,
): Promise<{ readonly context: Context; readonly deeds: Deeds }> {
  found = situation
  deeds = { started: [], reset: [] }
  spec = undefined
  const context = await contextOf(situation)
  if (situation.state !== undefined)
    await (await context.store()).create(recordKey(LAB), encodeRecord(recordOf(context, situation)))
  return { context, deeds }
}

async function contextOf({ named, wait, isLent, asksOther }: Situation): Promise<Context> {
  const tokens = [{ lab: LAB, fence: 9, backend: BACKEND_ID, lender: process.pid }]
  const env = readEnvironment({
    DISTROLAB_HOME: home,
    DISTROLAB_CACHE: join(home, 'cache'),
    ...(isLent ? { DISTROLAB_LEASE: formatLeaseTokens(tokens) } : {}),
  })
  const flags: Flags = {
    wait,
    profile: 'debian-local',
    name: LAB,
    ...(named === undefined ? {} : { 'allow-from': '192.0.2.1' }),
    ...(asksOther ? { disk: '99' } : {}),
  }
  const config = { values: {}, files: [], origins: {} }
  const progress = { beginStep: nothing, detail: nothing, endStep: nothing, failStep: nothing, say: nothing }
  const context = createContext({
    redact: (text: string) => text,
    encryption: undefined,
    env,
    config,
    settings: resolveSettings(flags, env, config, '/'),
    progress: { ...progress, close: nothing },
    interrupt: { signal: new AbortController().signal, waitingFor: () => nothing, dispose: nothing },
  })
  const store = new MemoryStore()
  return {
    ...context,
    space: { home, cache: join(home, 'cache'), backendId: BACKEND_ID },
    store: async () => store,
    ensureIds: async () => undefined,
    catalog: () => catalog,
  }
}

function recordOf(context: Context, { state, presences, isExpired }: Situation): AnyLab {
  const { place: _place, ...machine } = records.local.machines[0] ?? machineNamed(context, 'main')
  return toAnyLab({
    ...records.local,
    lab: LAB,
    state: state ?? 'ready',
    incarnation: '0123456789ab',
    owner: { user: 'anna', host: context.holder.host },
    allowFrom: OWN,
    engine: null,
    command: null,
    expiresAt: isExpired ? '2026-11-21T14:00:00.000Z' : null,
    machines: presences.map((_presence, index) => ({
      ...machine,
      ...machineNamed(context, NAMES[index] ?? ''),
    })),
  })
}

export const stateAfter = async (context: Context): Promise<string | undefined> =>
  (await readRecord(await context.store(), LAB))?.lab.state
