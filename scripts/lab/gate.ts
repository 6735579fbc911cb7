import { dirname } from 'node:path'
import type { AnyLab } from '../../backend/lab.js'
import type { LabName } from '../../backend/lab-name.js'
import { openLabWriter, type LabWriter } from '../../backend/lab-writer.js'
import { withGuard } from '../../backend/guard.js'
import { inheritLease } from '../../backend/inherited-lease.js'
import { acquireLease, type Lease } from '../../backend/lease.js'
import { tokenFor, type LeaseToken } from '../../backend/lease-token.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { assertOwnFacts } from './own-facts.js'
import { ensureFolder, turnFile } from '../workspace.js'
import { rearm } from './expiry.js'
import { lentTokens } from './lent-leases.js'
import { inSession, type Recording, type SessionOf } from './session.js'

/** What a command that changes a lab works with while it holds the lease. */
export interface Session extends SessionOf<LabName, LabWriter> {
  readonly lab: LabName
}

export interface GateOptions {
  /** Passes by breaking the lease with this fence; does not wait for one that has changed hands. */
  readonly breakFence?: number
}

type Action<T> = (session: Session) => Promise<T>

/**
 * The one gate: every command that changes a lab passes here. Acquires the lease, or inherits the one that
 * the parent command lends (`DISTROLAB_LEASE`), runs `action`, records its failure, and releases the lease.
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
        `Waiting for the lease of ${lab}: ${user}@${host} (pid ${pid}) has been running ${theirs} since ${since}`,
      ),
  })
  return holding(context, lease, command, action)
}

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
    return holding(context, lease, command, action)
  })
}

function holding<T>(context: Context, lease: Lease, command: string, action: Action<T>): Promise<T> {
  const { lab } = lease
  return inSession(context, lease, command, recordingOf(context, command), (session) =>
    action({ ...session, lab }),
  )
}

const recordingOf = (context: Context, command: string): Recording<LabName, LabWriter> => ({
  open: async (lease, log) =>
    openLabWriter(await context.store(), lease, {
      onTransition: ({ from, to, step, fence, holder: { user, host, pid } }) =>
        log.info(`${from ?? 'new'} -> ${to}`, {
          lab: lease.lab,
          command,
          step,
          by: `${user}@${host}`,
          pid,
          fence,
        }),
    }),

  async check({ lab }) {
    if (lab === undefined || lab.state === 'destroyed') return
    assertOwnFacts(context, lab)
    await rearm(context, lab)
  },

  /** A lab without a record has nothing to tell. */
  async fail(writer, failure, error) {
    if (writer.lab === undefined) return
    if (isRefusal(error)) await writer.finish()
    else await writer.fail(failure)
  },
})

/**
 * A lab in use is ready again once we hold its lease, because its user is gone. Under a lent lease the lender
 * still uses it. Returns the lab as it is then.
 */
export async function endAbandonedUse({ writer, lease }: Session): Promise<AnyLab | undefined> {
  const { lab } = writer
  if (lab?.state !== 'in-use' || lease.lentBy !== undefined) return lab
  return writer.transition(lab, 'ready', { message: 'the command that used it has ended' })
}

/** A command that was refused has done nothing: what was begun before stays as unfinished as it was. */
const REFUSALS: readonly string[] = [
  ...['lab-being-destroyed', 'lab-expired', 'lab-on-other-computer', 'record-mismatch'],
  ...['lab-of-other-profile', 'setting-fixed', 'expiry-fixed', 'size-fixed'],
]

const isRefusal = (error: unknown): boolean =>
  error instanceof LabError && REFUSALS.includes(error.fault.code)
