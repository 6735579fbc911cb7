import { BackendError } from '../../backend/errors.js'
import type { ImageName } from '../../backend/image-name.js'
import { ImageWriter } from '../../backend/image-writer.js'
import { acquireLease, type Lease } from '../../backend/lease.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { inSession, type Recording, type SessionOf } from '../lab/session.js'
import { assertOwnImage } from './own-record.js'
import { named, type ImageSubject } from './subject.js'

/** What a command that changes an image works with while it holds the image's lease. */
export interface ImageSession extends SessionOf<ImageName, ImageWriter> {
  readonly subject: ImageSubject
}

/**
 * The gate of images, as labs have one: one command at a time changes an image, on whichever computer; the failure of one
 * that fails is recorded. Throws LabError image-busy.
 */
export async function throughImageGate<T>(
  context: Context,
  subject: ImageSubject,
  command: string,
  action: (session: ImageSession) => Promise<T>,
): Promise<T> {
  await context.ensureIds()
  const lease = await takeLease(context, subject, command)
  return inSession(context, lease, command, recordingOf(context, subject), (session) =>
    action({ ...session, subject }),
  )
}

const recordingOf = (context: Context, subject: ImageSubject): Recording<ImageName, ImageWriter> => ({
  open: async (lease) => ImageWriter.open(await context.store(), lease),

  async check({ record }) {
    if (record !== undefined && record.state !== 'forgotten') await assertOwnImage(context, subject, record)
  },

  /** An image without a record has nothing to tell, nor has a command that was refused. */
  async fail(writer, { code, message }, error) {
    const step = writer.record?.step
    if (step === undefined || step === null || isMismatch(error)) return
    await writer.update({ failure: { step, code, message }, step: null })
  },
})

const isMismatch = (error: unknown): boolean =>
  error instanceof LabError && error.fault.code === 'record-mismatch'

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
          `Waiting for the image ${subject.image}: ${user}@${host} (pid ${pid}) has been running ${theirs} since ${since}`,
        ),
    })
  } catch (error) {
    if (!(error instanceof BackendError && error.fault.code === 'lease-held')) throw error
    const { holder: other } = error.fault
    throw new LabError({ code: 'image-busy', ...named(subject), holder: other }, { cause: error })
  }
}
