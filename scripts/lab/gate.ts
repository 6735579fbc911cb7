import { dirname } from 'node:path'
import type { AnyLab } from '../../backend/lab.js'
import type { LabName } from '../../backend/lab-name.js'
import { openLabWriter, type LabWriter } from '../../backend/lab-writer.js'
import { BackendError } from '../../backend/errors.js'
import { withGuard } from '../../backend/guard.js'
import { inheritLease } from '../../backend/inherited-lease.js'
import { acquireLease, type Lease } from '../../backend/lease.js'
import { parseLeaseTokens, tokenFor, type LeaseToken } from '../../backend/lease-token.js'
import type { Context } from '../context.js'
import { withWhereabouts } from '../providers/whereabouts.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { reasonOf } from '../interrupt.js'
import { openLog, type Log } from '../log.js'
import { assertOwnFacts } from './own-facts.js'
import { ensureFolder, logFile, turnFile } from '../workspace.js'
import { rearm } from './expiry.js'

/** What a command that changes a lab works with while it holds the lease. */
export interface Session {
  readonly context: Context
  readonly lab: LabName
  readonly lease: Lease
  readonly writer: LabWriter
  readonly log: Log
  /** Aborts when the user interrupts and when the lease is lost. */
  readonly signal: AbortSignal
}

export interface GateOptions {
  /** Passes by breaking the lease of this fence; one that changed hands meanwhile is not waited for. */
  readonly breakFence?: number
}

type Action<T> = (session: Session) => Promise<T>

/**
 * The one gate: every command that changes a lab passes here. Takes the lease, or inherits the one that the command
 * that started us lends (`DISTROLAB_LEASE`), runs `action`, records its failure if it fails, and gives the lease back.
 */
export async function throughGate<T>(
  context: Context,
  lab: LabName,
  command: string,
  action: Action<T>,
  options: GateOptions = {},
): Promise<T> {
  const { breakFence } = options
  await context.ensureIds()
  const token = tokenFor(lentTokens(context), lab, context.space.backendId)
  if (token !== undefined && breakFence === undefined) return inTurn(context, token, command, action)
  const { settings, progress, interrupt, holder } = context
  const lease = await acquireLease(await context.store(), lab, {
    holder,
    command,
    signal: interrupt.signal,
    ...(breakFence === undefined ? { waitMs: settings.waitLock } : { waitMs: 0, breakFence }),
    onWait: ({ user, host, pid, command: theirs, since }) =>
      progress.say(
        `Waiting for the lease of ${lab}: ${user}@${host} (pid ${pid}) runs ${theirs} since ${since}`,
      ),
  })
  context.holdsLease()
  return holding(context, lease, command, action)
}

/** The leases that were lent to us. Throws BackendError `lease-token-refused`. */
export const lentTokens = ({ env }: Context): readonly LeaseToken[] =>
  env.lease === undefined ? [] : parseLeaseTokens(env.lease)

/** One lease, one command at a time: the commands that borrow from the same lender wait for each other. */
async function inTurn<T>(
  context: Context,
  token: LeaseToken,
  command: string,
  action: Action<T>,
): Promise<T> {
  const { space, settings, progress, interrupt, holder } = context
  const turn = {
    timeoutMs: settings.waitLock,
    signal: interrupt.signal,
    onWait: (pid: number) =>
      progress.say(`Waiting for another command under the same lease of ${token.lab} (pid ${pid})`),
  }
  const file = turnFile(space, token.lab, token.lender)
  await ensureFolder(dirname(file))
  return withGuard(file, turn, async () => {
    const lease = await inheritLease(await context.store(), { token, holder, command })
    context.holdsLease()
    return holding(context, lease, command, action)
  })
}

async function holding<T>(context: Context, lease: Lease, command: string, action: Action<T>): Promise<T> {
  const { lab } = lease
  const log = await openLog({
    file: logFile(context.space, lab),
    verbosity: context.settings.verbosity,
    redact: context.redact,
  })
  try {
    if (lease.tookOverFrom !== undefined) {
      const { user, host, pid, command: theirs, reason } = lease.tookOverFrom
      log.warn('lease taken over', {
        lab,
        from: `${user}@${host}`,
        pid,
        command: theirs,
        reason,
        fence: lease.fence,
      })
    }
    if (lease.lentBy !== undefined) {
      const { user, host, pid, command: theirs } = lease.lentBy
      log.info('lease inherited', { lab, from: `${user}@${host}`, pid, command: theirs, fence: lease.fence })
    }
    return await hold(context, lease, log, command, action)
  } finally {
    await lease.release()
    await log.close()
  }
}

async function hold<T>(
  context: Context,
  lease: Lease,
  log: Log,
  command: string,
  action: Action<T>,
): Promise<T> {
  const { lab } = lease
  const writer = await openLabWriter(await context.store(), lease, {
    onTransition: ({ from, to, step, fence, holder: { user, host, pid } }) =>
      log.info(`${from ?? 'new'} -> ${to}`, { lab, command, step, by: `${user}@${host}`, pid, fence }),
  })
  log.info('command begins', { lab, command, fence: lease.fence })
  const signal = AbortSignal.any([context.interrupt.signal, lease.lost])
  try {
    // The record as it is under the lease. A destroyed lab's says nothing of the next one.
    if (writer.lab !== undefined && writer.lab.state !== 'destroyed') {
      assertOwnFacts(context, writer.lab)
      await rearm(context, writer.lab)
    }
    const result = await action({ context, lab, lease, writer, log, signal })
    log.info('command done', { lab, command })
    return result
  } catch (thrown) {
    const error = withWhereabouts(reasonOf(signal, thrown), { lab, log: logFile(context.space, lab) })
    await recordFailure(context, writer, log, error)
    throw error
  }
}

/**
 * A lab in use is ready again once we hold its lease: whoever used it is gone. Under a lent lease it is the lender
 * that uses it, and still does. Returns the lab as it is then.
 */
export async function endAbandonedUse({ writer, lease }: Session): Promise<AnyLab | undefined> {
  const { lab } = writer
  if (lab?.state !== 'in-use' || lease.lentBy !== undefined) return lab
  return writer.transition(lab, 'ready', { message: 'the command that used it is gone' })
}

/** A lease that is lost leaves the record to its new holder; a lab without a record has nothing to tell. */
async function recordFailure(context: Context, writer: LabWriter, log: Log, error: unknown): Promise<void> {
  const { code, message } = explain(error)
  log.warn('command failed', { code, message })
  if (writer.lab === undefined || isLeaseLost(error)) return
  try {
    if (isRefusal(error)) await writer.finish()
    else await writer.fail({ code, message: context.redact(message) })
  } catch (second) {
    if (!isLeaseLost(second)) throw new AggregateError([error, second], message, { cause: error })
  }
}

const isLeaseLost = (error: unknown): boolean =>
  error instanceof BackendError && error.fault.code === 'lease-lost'

/** A command that was refused has done nothing: what was begun before stays as unfinished as it was. */
const REFUSALS: readonly string[] = [
  ...['lab-being-destroyed', 'lab-expired', 'lab-on-other-computer', 'record-mismatch'],
  ...['lab-of-other-profile', 'setting-fixed', 'expiry-fixed', 'size-fixed'],
]

const isRefusal = (error: unknown): boolean =>
  error instanceof LabError && REFUSALS.includes(error.fault.code)
