import { BackendError } from '../../backend/errors.js'
import type { ImageName } from '../../backend/image-name.js'
import { ImageWriter } from '../../backend/image-writer.js'
import { acquireLease, type Lease } from '../../backend/lease.js'
import type { Context } from '../context.js'
import { withWhereabouts } from '../clouds/whereabouts.js'
import { LabError } from '../errors.js'
import { explain } from '../explain.js'
import { reasonOf } from '../interrupt.js'
import { openLog, type Log } from '../log.js'
import { logFile } from '../workspace.js'
import { assertOwnImage } from './own-record.js'
import { localName, named, type ImageSubject } from './subject.js'

/** What a command that changes an image uses while it holds the image's lease. */
export interface ImageSession {
  readonly context: Context
  readonly subject: ImageSubject
  readonly lease: Lease<ImageName>
  readonly writer: ImageWriter
  readonly log: Log
  /** Aborts when the user interrupts or the lease is lost. */
  readonly signal: AbortSignal
}

/**
 * The gate of images, like that of labs: one command at a time changes an image, across all computers, and
 * failures are recorded. Throws LabError image-busy.
 */
export async function throughImageGate<T>(
  context: Context,
  subject: ImageSubject,
  command: string,
  action: (session: ImageSession) => Promise<T>,
): Promise<T> {
  const { image } = subject
  await context.ensureIds()
  const store = await context.store()
  const lease = await takeLease(context, subject, command)
  context.holdsLease()
  const file = logFile(context.space, localName(image))
  const log = await openLog({ file, verbosity: context.settings.verbosity, redact: context.redact })
  try {
    const writer = await ImageWriter.open(store, lease)
    log.info('command begins', { image, command, fence: lease.fence })
    const { record } = writer
    if (record !== undefined && record.state !== 'forgotten') await assertOwnImage(context, subject, record)
    const signal = AbortSignal.any([context.interrupt.signal, lease.lost])
    try {
      const result = await action({ context, subject, lease, writer, log, signal })
      log.info('command done', { image, command })
      return result
    } catch (thrown) {
      const error = withWhereabouts(reasonOf(signal, thrown), { log: file })
      await recordFailure(context, writer, log, error)
      throw error
    }
  } finally {
    await lease.release()
    await log.close()
  }
}

async function takeLease(
  context: Context,
  subject: ImageSubject,
  command: string,
): Promise<Lease<ImageName>> {
  const { holder, interrupt, settings, progress } = context
  try {
    return await acquireLease(await context.store(), subject.image, {
      holder,
      command,
      signal: interrupt.signal,
      waitMs: settings.waitLock,
      onWait: ({ user, host, pid, command: theirs, since }) =>
        progress.say(
          `Waiting for the image ${subject.image}: ${user}@${host} (pid ${pid}) runs ${theirs} since ${since}`,
        ),
    })
  } catch (error) {
    if (!(error instanceof BackendError && error.fault.code === 'lease-held')) throw error
    const { holder: other } = error.fault
    throw new LabError({ code: 'image-busy', ...named(subject), holder: other }, { cause: error })
  }
}

/** An image without a record has nothing to record, and a lost lease leaves it to its new holder. */
async function recordFailure(context: Context, writer: ImageWriter, log: Log, error: unknown): Promise<void> {
  const { code, message } = explain(error)
  log.warn('command failed', { code, message })
  const { record } = writer
  if (record === undefined || record.step === null) return
  try {
    const failure = { step: record.step, code, message: context.redact(message) }
    await writer.update({ failure, step: null })
  } catch (second) {
    const isLost = second instanceof BackendError && second.fault.code === 'lease-lost'
    if (!isLost) throw new AggregateError([error, second], message, { cause: error })
  }
}
