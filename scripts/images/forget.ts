import { rm } from 'node:fs/promises'
import type { ImageRecord } from '../../backend/image-record-schema.js'
import { readImageRecord } from '../../backend/image-record.js'
import { listLiving } from '../../backend/record.js'
import type { Context } from '../context.js'
import type { Engine } from '../engine/resolve.js'
import { LabError } from '../errors.js'
import { engineFor } from '../lab/engine-for.js'
import { assertAccount } from '../lab/in-reach.js'
import type { Timing } from '../lab/steps.js'
import { localName, workFolder } from '../workspace.js'
import { unregisterImage } from './engine.js'
import { throughImageGate, type ImageSession } from './gate.js'
import type { ImageProvider } from '../providers/image-provider.js'
import { imageProviderOf } from '../providers/registry.js'
import { ImageSteps } from './steps.js'
import { named, subjectOf, type ImageSubject } from './subject.js'

export const forgetSteps = ['destroy', 'verify'] as const

export interface ForgetResult {
  readonly image: string
  readonly name: string
  /** Always true: otherwise `image-left` is thrown. */
  readonly verified: true
  readonly timings: readonly Timing[]
}

/**
 * Removes an imported image, or what an unfinished import has made, with the uploaded disk, and verifies with
 * the provider that both are gone. Throws LabError image-not-imported, image-in-use or image-left.
 */
export async function forgetImage(
  context: Context,
  distro: string | undefined,
  providerName: string | undefined,
): Promise<ForgetResult> {
  const subject = await subjectOf(context, distro, providerName)
  const provider = await imageProviderOf(subject)
  const known = await readImageRecord(await context.store(), subject.image)
  await assertForgettable(context, subject, known)
  await provider.check(context)
  const engine = await engineFor(context)
  return throughImageGate(context, subject, 'images forget', async (session) => {
    const record = await assertForgettable(context, subject, session.writer.record)
    const timings = await carryOut(session, provider, engine)
    return { image: subject.image, name: record.name, verified: true, timings }
  })
}

/** A lab goes back to the image that it was made from, so the image must live as long as the lab. */
async function assertForgettable(
  context: Context,
  subject: ImageSubject,
  record: ImageRecord | undefined,
): Promise<ImageRecord> {
  if (record === undefined) throw new LabError({ code: 'image-not-imported', ...named(subject) })
  await assertAccount(context, `The image of ${subject.distro.name}`, record)
  if (record.id === null) return record
  const { labs, unreadable } = await listLiving(await context.store())
  const using = labs
    .filter((lab) => lab.provider === record.provider)
    .filter(({ image }) => image?.id === record.id)
    .map(({ lab }) => lab)
  if (using.length > 0) throw new LabError({ code: 'image-in-use', ...named(subject), labs: using })
  // A lab with an unreadable record may have been made from it.
  const [unknown] = unreadable
  if (unknown !== undefined) throw unknown
  return record
}

async function carryOut(
  session: ImageSession,
  provider: ImageProvider,
  engine: Engine,
): Promise<readonly Timing[]> {
  const { context, subject, writer, signal } = session
  const record = await writer.update({ state: 'forgetting', failure: null })
  const steps = new ImageSteps(session, forgetSteps)
  await steps.run('destroy', (detail) =>
    unregisterImage(session, engine, provider.buildSpec(context, subject, record, undefined), detail),
  )
  await steps.run('verify', async (detail) => {
    const left = await provider.removeLeftovers(context, record, { signal, detail }, subject)
    if (left.length > 0) throw new LabError({ code: 'image-left', ...named(subject), left })
  })
  await writer.update({ state: 'forgotten', step: null })
  await rm(workFolder(context.space, localName(subject.image)), { recursive: true, force: true })
  return steps.timings
}
