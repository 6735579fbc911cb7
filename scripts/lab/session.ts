import { BackendError } from '../../backend/errors.js'
import { isImageName } from '../../backend/image-name.js'
import type { Leasable } from '../../backend/keys.js'
import type { Failure } from '../../backend/lab-writer.js'
import type { Lease } from '../../backend/lease.js'
import type { Context } from '../context.js'
import { explain } from '../explain.js'
import { reasonOf } from '../interrupt.js'
import { openLog, type Log } from '../log.js'
import { withWhereabouts } from '../providers/whereabouts.js'
import { localName, logFile } from '../workspace.js'

/** What a command works with while it holds the lease of what it changes: a lab, or an image at a provider. */
export interface SessionOf<Owner extends Leasable, Writer> {
  readonly context: Context
  readonly lease: Lease<Owner>
  readonly writer: Writer
  readonly log: Log
  /** Aborts when the user interrupts and when the lease is lost. */
  readonly signal: AbortSignal
}

/** How the record of a lab, or of an image, is opened, checked and told of a failure. */
export interface Recording<Owner extends Leasable, Writer> {
  open(lease: Lease<Owner>, log: Log): Promise<Writer>
  /** Throws what forbids to go on with the record as it is under the lease. */
  check(writer: Writer): Promise<void>
  /** The command failed with `error`, which `failure` tells. */
  fail(writer: Writer, failure: Failure, error: unknown): Promise<void>
}

/** Runs `action` under a lease that was just taken, records its failure if it fails, and gives the lease back. */
export async function inSession<Owner extends Leasable, Writer, T>(
  context: Context,
  lease: Lease<Owner>,
  command: string,
  recording: Recording<Owner, Writer>,
  action: (session: SessionOf<Owner, Writer>) => Promise<T>,
): Promise<T> {
  context.holdsLease()
  const { verbosity } = context.settings
  const file = logFile(context.space, localName(lease.lab))
  const log = await openLog({ file, verbosity, redact: context.redact })
  try {
    tellFrom(lease, log)
    const writer = await recording.open(lease, log)
    const signal = AbortSignal.any([context.interrupt.signal, lease.lost])
    return await run({ context, lease, writer, log, signal }, command, recording, action)
  } finally {
    await lease.release()
    await log.close()
  }
}

function tellFrom({ lab, fence, tookOverFrom, lentBy }: Lease<Leasable>, log: Log): void {
  if (tookOverFrom !== undefined) {
    const { user, host, pid, command, reason } = tookOverFrom
    log.warn('lease taken over', { lab, from: `${user}@${host}`, pid, command, reason, fence })
  }
  if (lentBy !== undefined) {
    const { user, host, pid, command } = lentBy
    log.info('lease inherited', { lab, from: `${user}@${host}`, pid, command, fence })
  }
}

async function run<Owner extends Leasable, Writer, T>(
  session: SessionOf<Owner, Writer>,
  command: string,
  recording: Recording<Owner, Writer>,
  action: (session: SessionOf<Owner, Writer>) => Promise<T>,
): Promise<T> {
  const { context, lease, writer, log, signal } = session
  const { lab, fence } = lease
  log.info('command begins', { lab, command, fence })
  try {
    await recording.check(writer)
    const result = await action(session)
    log.info('command done', { lab, command })
    return result
  } catch (thrown) {
    const error = withWhereabouts(reasonOf(signal, thrown), {
      log: logFile(context.space, localName(lab)),
      ...(isImageName(lab) ? {} : { lab }),
    })
    const { code, message } = explain(error)
    log.warn('command failed', { code, message })
    if (!isLeaseLost(error))
      await recording
        .fail(writer, { code, message: context.redact(message) }, error)
        .catch((second: unknown) => {
          if (!isLeaseLost(second)) throw new AggregateError([error, second], message, { cause: error })
        })
    throw error
  }
}

/** It leaves the record to its new holder. */
const isLeaseLost = (error: unknown): boolean =>
  error instanceof BackendError && error.fault.code === 'lease-lost'
