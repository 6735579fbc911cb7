import { mainOf } from '../../../backend/machines.js'
import { BackendError } from '../../../backend/errors.js'
import { shown } from '../../../backend/forms.js'
import { recordKey } from '../../../backend/keys.js'
import type { AnyLab } from '../../../backend/lab.js'
import type { LabName } from '../../../backend/lab-name.js'
import { readLease, type TakeoverReason } from '../../../backend/lease-document.js'
import { objectPlace } from '../../../backend/location.js'
import { readRecord } from '../../../backend/record.js'
import type { Holder, Machine } from '../../../backend/record-schema.js'
import { resolveProfile, type Profile } from '../../../distro-catalog/profile.js'
import { CatalogError } from '../../../distro-catalog/errors.js'
import { spaceOf, type Context } from '../../context.js'
import { engineProviderOf } from '../../../stacks/registry.js'
import { isEngineAtWork } from '../../engine/engine-process.js'
import { readEngineFiles, type EngineFiles } from '../../engine/state-file.js'
import { storedObjects } from '../../engine/state-objects.js'
import { workFolder } from '../../workspace.js'
import { connectOnce, SshError } from '../../machine/connect.js'
import { readIdentity } from '../../machine/key.js'
import { LabError } from '../../errors.js'
import { explain } from '../../explain.js'
import type { Presence, Provider } from '../../providers/provider.js'
import { presenceOf } from '../../lab/presences.js'
import { isExpired } from '../../lab/time-left.js'
import { makesMachines } from '../../providers/maker.js'
import { providerOf } from '../../providers/registry.js'
import { isStanding } from '../../lab/own-machine.js'
import { mismatchOf } from '../../lab/own-facts.js'
import { draftMachines } from '../../lab/draft-machines.js'
import { newMachines } from '../../lab/plan-lab.js'
import { targetOf } from '../../lab/reach.js'
import { assertInReach } from '../../lab/in-reach.js'
import { isElsewhere } from '../../lab/target.js'

/** Everything that can be known about a lab, whatever happened to it. Reading changes nothing. */
export interface RecoveryFacts {
  readonly lab: LabName
  readonly record:
    | { readonly kind: 'absent' }
    | { readonly kind: 'unreadable'; readonly place: string; readonly problems: readonly string[] }
    | { readonly kind: 'readable'; readonly lab: AnyLab }
  readonly lease:
    | { readonly kind: 'free' }
    | { readonly kind: 'unreadable'; readonly problems: readonly string[] }
    | {
        readonly kind: 'held'
        readonly holder: Holder
        readonly command: string
        readonly since: string
        readonly expiresAt: string
        /** The proof that its holder is gone; null while it may be alive. */
        readonly takeover: TakeoverReason | null
      }
  readonly engine: EngineFiles & {
    /** The recorded engine process, if it still runs. */
    readonly pid: number | undefined
  }
  readonly machines: readonly MachineFacts[]
  /** What a cloud has of the lab and OpenTofu's state does not know, in words, if both can be read. */
  readonly strays: readonly string[]
  /** It has expired, by our own clock: only `extend` and the commands that remove it still work on it. */
  readonly isExpired: boolean
  /** The computer that the machines are on, if it is not this one. */
  readonly elsewhere: string | undefined
  /** The profile to use if the record does not say. */
  readonly profile: string | undefined
}

export interface MachineFacts {
  readonly name: string
  readonly id: string
  /** `unknown`: the provider could not be asked. */
  readonly presence: Presence | 'unknown'
  /** Whether SSH works, in words; undefined if it was not tried. */
  readonly ssh: string | undefined
  /** It runs on this computer, and the reason for its silence is inside it. */
  readonly isSilent?: boolean
}

export async function readFacts(context: Context, lab: LabName): Promise<RecoveryFacts> {
  const record = await readRecordFacts(context, lab)
  const known = record.kind === 'readable' ? record.lab : undefined
  const profile = known === undefined ? await guessProfile(context, lab) : undefined
  const elsewhere = known !== undefined && isElsewhere(context, known) ? known.owner.host : undefined
  // Asked before the state is read, because a living engine may have written only half of it.
  const isAtWork = known?.engine && (await isEngineAtWork(known.engine, workFolder(context.space, lab)))
  const pid = isAtWork === true ? known?.engine?.pid : undefined
  const provider = known?.provider ?? profile?.provider.name
  return {
    lab,
    record,
    lease: await readLeaseFacts(context, lab),
    engine: {
      ...(await readEngineFiles(
        await context.store(),
        context.location,
        lab,
        provider === undefined ? undefined : engineProviderOf(provider),
      )),
      pid,
    },
    machines: elsewhere === undefined ? await readMachines(context, lab, known, profile) : [],
    strays: known === undefined || elsewhere !== undefined ? [] : await readStrays(context, known),
    // Some stores reveal their clock only to a writer.
    isExpired: known !== undefined && isExpired(known, new Date()),
    elsewhere,
    profile: known?.profile ?? profile?.name,
  }
}

async function readRecordFacts(context: Context, lab: LabName): Promise<RecoveryFacts['record']> {
  const place = objectPlace(context.location, recordKey(lab))
  try {
    const known = (await readRecord(await context.store(), lab))?.lab
    if (known === undefined) return { kind: 'absent' }
    const mismatch = known.state === 'destroyed' ? undefined : mismatchOf(context, known)
    if (mismatch === undefined) return { kind: 'readable', lab: known }
    const { field, expected, found } = mismatch
    const problems = [`${field} expected ${expected}, got ${shown(found)}`]
    return { kind: 'unreadable', place, problems }
  } catch (error) {
    return { kind: 'unreadable', place, problems: unreadable(error).problems }
  }
}

async function readLeaseFacts(context: Context, lab: LabName): Promise<RecoveryFacts['lease']> {
  try {
    const lease = await readLease(await context.store(), lab)
    if (lease === undefined || lease.holder === null) return { kind: 'free' }
    const { holder, takeover } = lease
    const { command, since, expiresAt } = lease.document
    return { kind: 'held', holder, command, since, expiresAt, takeover }
  } catch (error) {
    return { kind: 'unreadable', problems: unreadable(error).problems }
  }
}

/** The fault of a garbage document; every other error is rethrown. */
function unreadable(error: unknown): { readonly problems: readonly string[] } {
  if (error instanceof BackendError && error.fault.code === 'record-unreadable') return error.fault
  throw error
}

/** `--profile`, else the lab's name, which is its profile's unless it got another. */
async function guessProfile(context: Context, lab: LabName): Promise<Profile | undefined> {
  const { settings, config } = context
  try {
    return resolveProfile(await context.catalog(), settings.profile ?? lab, config.values.profiles)
  } catch (error) {
    if (error instanceof CatalogError && settings.profile === undefined) return undefined
    throw error
  }
}

async function readMachines(
  context: Context,
  lab: LabName,
  known: AnyLab | undefined,
  profile: Profile | undefined,
): Promise<MachineFacts[]> {
  const provider = known?.provider ?? profile?.provider.name
  if (provider === undefined) return []
  const hooks = await providerOf(provider)
  // Machines that no lab makes do not belong to a lab that no longer exists.
  if (!makesMachines(hooks) && (known === undefined || known.state === 'destroyed')) return []
  if (known !== undefined && known.state !== 'destroyed') await hooks.here?.rearm(context, known)
  const planned = profile === undefined ? undefined : await planOf(context, lab, profile, hooks)
  const { region, machines } = known ?? planned ?? { region: '', machines: [] }
  const look = async (machine: Machine): Promise<Presence> => {
    // From another account nothing of the lab can be seen.
    if (known !== undefined) await assertInReach(context, known)
    return presenceOf(hooks, { lab, region }, machine)
  }
  return Promise.all(
    machines.map(async (machine) => {
      const presence = await look(machine).catch(unaskable)
      const tried =
        known !== undefined && presence === 'running' ? await trySsh(context, known, machine) : undefined
      return { name: machine.name, id: machine.id, presence, ssh: undefined, ...tried }
    }),
  )
}

/** If one thing cannot be asked for, the others are still shown. */
async function readStrays(context: Context, lab: AnyLab): Promise<readonly string[]> {
  const hooks = await providerOf(lab.provider)
  if (hooks.objects === undefined) return []
  try {
    const objects = await storedObjects(await context.store(), context.location, lab.lab as LabName)
    if (objects === undefined) return []
    await assertInReach(context, lab)
    const strays = await hooks.objects.straysBeside(context, lab, objects, context.interrupt.signal)
    return strays.map(({ what }) => what)
  } catch (error) {
    if (error instanceof LabError && error.fault.code !== 'interrupted') return []
    throw error
  }
}

/** Where a lab of this profile would be, and its machines: all that is known without a record. */
async function planOf(
  context: Context,
  lab: LabName,
  profile: Profile,
  hooks: Provider,
): Promise<Pick<AnyLab, 'region' | 'machines'>> {
  const machines = draftMachines(await context.catalog(), profile, hooks, context.settings)
  const main = mainOf(machines)
  if (main === undefined) throw new TypeError('a lab has machines')
  const { region } = await hooks.place(context, main.profile, main.size, 'known')
  return { region, machines: await newMachines(context, { lab, hooks, machines }) }
}

/** A provider that does not answer must not hide the rest. */
function unaskable(error: unknown): 'unknown' {
  if (error instanceof LabError) return 'unknown'
  throw error
}

/** Enough for a machine without KVM that is up. */
const TIMEOUTS = { banner: 5_000, login: 15_000 }

async function trySsh(
  context: Context,
  lab: AnyLab,
  machine: Machine,
): Promise<Pick<MachineFacts, 'ssh' | 'isSilent'> | undefined> {
  if (machine.hostKey === null) return undefined
  const identity = await readIdentity(spaceOf(context, lab), lab.lab)
  if (identity === undefined) return { ssh: 'the key of the lab is not on this computer' }
  try {
    const target = targetOf(context, lab, machine, identity)
    const connection = await connectOnce(target, TIMEOUTS, context.interrupt.signal)
    connection.end()
    return { ssh: 'works' }
  } catch (error) {
    if (error instanceof SshError) {
      const isSilent = error.stage !== 'authentication' && (await isStanding(lab, machine))
      return { ssh: `does not work: ${error.reason}`, isSilent }
    }
    context.interrupt.signal.throwIfAborted()
    if (error instanceof LabError) return { ssh: explain(error).message }
    throw error
  }
}
