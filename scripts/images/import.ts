import { rm } from 'node:fs/promises'
import type { ImageRecord } from '../../backend/image-record-schema.js'
import { readImageRecord } from '../../backend/image-record.js'
import { imageTags } from '../../stacks/naming.js'
import { diskGiB } from '../../stacks/packing.js'
import type { Context } from '../context.js'
import type { Engine } from '../engine/resolve.js'
import { LabError } from '../errors.js'
import { engineFor } from '../lab/engine-for.js'
import { assertAccount } from '../lab/in-reach.js'
import { providerOf } from '../providers/registry.js'
import type { Timing } from '../lab/steps.js'
import { checkImportPrerequisites } from '../setup/prerequisites.js'
import { localName, packedFolder } from '../workspace.js'
import { registerImage } from './engine.js'
import { throughImageGate, type ImageSession } from './gate.js'
import type { ImagePlan, ImageProvider } from '../providers/image-provider.js'
import { imageProviderOf } from '../providers/registry.js'
import { packDisk } from './pack.js'
import { fetchDisk, sourceOf, sourceText, type ImageSource } from './source.js'
import { ImageSteps } from './steps.js'
import { named, subjectOf, type ImageSubject } from './subject.js'

export const importSteps = ['fetch', 'pack', 'upload', 'register'] as const

export interface ImportRequest {
  readonly distro: string | undefined
  readonly provider: string | undefined
  /** A file or URL, instead of the distro's own cloud image. */
  readonly image: string | undefined
  /** `sha256:<hex>` or `sha512:<hex>`. */
  readonly checksum: string | undefined
  /** Where the disk goes on its way, as a URL. */
  readonly bucket: string | undefined
  /** Where the image goes, at a provider without such a way. */
  readonly region: string | undefined
}

export interface ImportResult {
  readonly image: ImageRecord
  /** It already existed. */
  readonly reused: boolean
  readonly timings: readonly Timing[]
}

/**
 * Uploads a distro's disk to a provider and makes an image of it, which `up` then uses on every computer of
 * the team. The same command continues an interrupted import. Throws LabError of `images/faults.ts`.
 */
export async function importImage(context: Context, request: ImportRequest): Promise<ImportResult> {
  const subject = await subjectOf(context, request.distro, request.provider)
  await context.ensureIds()
  const provider = await imageProviderOf(subject)
  const asked = { ...request, plan: planned(context, subject, provider, request) }
  const known = await readImageRecord(await context.store(), subject.image)
  if (known !== undefined && isSettled(known, asked)) return reused(known)
  const wish = await wishOf(context, subject, provider, asked, known)
  if (known?.state === 'imported') return reused(known)
  // Find out everything that can fail before anything is recorded.
  await checkImportPrerequisites(context)
  await provider.check(context)
  const place = await placeOf(context, subject, provider, wish.facts, known)
  const engine = await engineFor(context)
  return throughImageGate(context, subject, 'images import', async (session) => {
    const current = session.writer.record
    // Read it again: the command that we waited for may have done the import.
    if (current !== undefined && isSettled(current, asked)) return reused(current)
    const { source, facts } = await wishOf(context, subject, provider, asked, current)
    if (current?.state === 'imported') return reused(current)
    if (current?.state === 'forgetting') throw new LabError({ code: 'import-forgetting', ...named(subject) })
    if (current === undefined) await session.writer.create({ ...facts, ...place })
    else await session.writer.update({ failure: null })
    const steps = new ImageSteps(session, importSteps)
    const image = await carryOut(session, provider, engine, source, steps)
    return { image, reused: false, timings: steps.timings }
  })
}

/** A request with what follows from the place that the user named, if any. */
interface Asked extends ImportRequest {
  readonly plan: ImagePlan | undefined
}

/** Throws LabError usage for flags that the provider does not use, or like its plan. */
function planned(
  context: Context,
  subject: ImageSubject,
  provider: ImageProvider,
  { bucket, region }: ImportRequest,
): ImagePlan | undefined {
  const { settings, env } = context
  const isByBucket = provider.placedBy === 'bucket'
  if ((isByBucket ? region : bucket) !== undefined) {
    const problem = `${isByBucket ? '--region' : '--bucket'}: an import to ${subject.provider} uses only --${provider.placedBy}`
    throw new LabError({ code: 'usage', problem, command: 'images import' })
  }
  const wanted = settings.region === 'auto' ? undefined : settings.region
  const place = isByBucket ? (bucket ?? env.flags['bucket']) : wanted
  return place === undefined ? undefined : provider.plan(context, subject, place)
}

/** Where an image will be. An import continues only in the account where it began. */
async function placeOf(
  context: Context,
  subject: ImageSubject,
  provider: ImageProvider,
  facts: Wish['facts'],
  known: ImageRecord | undefined,
): Promise<Pick<ImageRecord, 'account' | 'region'>> {
  if (known !== undefined) await assertAccount(context, `The image of ${subject.distro.name}`, known)
  const account = await (await providerOf(subject.provider)).account?.(context.interrupt.signal)
  const region = await provider.locate(context, subject, facts)
  return { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) }
}

const reused = (image: ImageRecord): ImportResult => ({ image, reused: true, timings: [] })

/** No flag contradicts what exists. */
const isSettled = ({ state, upload }: ImageRecord, { image, plan }: Asked): boolean =>
  state === 'imported' && image === undefined && (plan === undefined || plan.upload === upload)

interface Wish {
  readonly source: ImageSource
  readonly facts: Parameters<ImageSession['writer']['create']>[0]
}

/** The request, which must match what exists. Throws LabError import-in-place. */
async function wishOf(
  context: Context,
  subject: ImageSubject,
  provider: ImageProvider,
  { image, checksum, plan }: Asked,
  known: ImageRecord | undefined,
): Promise<Wish> {
  const { space, holder } = context
  const { distro, architecture } = subject
  const source = await sourceOf(subject, image, checksum)
  const from = sourceText(source)
  // To continue an import, the user need not know where its disk goes.
  const { name, upload } = plan ?? known ?? provider.plan(context, subject, undefined)
  const inPlace = (field: 'source' | 'bucket' | 'region', has: string, asked: string): LabError =>
    new LabError({ code: 'import-in-place', ...named(subject), field, has, asked })
  if (known !== undefined && known.source !== from) throw inPlace('source', known.source, from)
  if (known !== undefined && known.upload !== upload) throw inPlace(provider.placedBy, known.upload, upload)
  const facts = {
    provider: subject.provider,
    distro: distro.name,
    architecture,
    state: 'importing' as const,
    source: from,
    digest: null,
    upload,
    name,
    id: null,
    diskGiB: null,
    tags: imageTags(space.backendId, distro.name, architecture),
    owner: { user: holder.user, host: holder.host },
    step: null,
    failure: null,
    engine: null,
  }
  return { source, facts }
}

async function carryOut(
  session: ImageSession,
  provider: ImageProvider,
  engine: Engine,
  source: ImageSource,
  steps: ImageSteps<(typeof importSteps)[number]>,
): Promise<ImageRecord> {
  const { context, subject, writer, signal } = session
  const folder = packedFolder(context.space, localName(subject.image))
  const disk = await steps.run('fetch', (detail) => fetchDisk(context, subject, source, { signal, detail }))
  const packed = await steps.run('pack', (detail) =>
    packDisk(disk, provider.packing, folder, { signal, detail }),
  )
  const record = await writer.update({ digest: disk.digest, diskGiB: diskGiB(disk.virtualBytes) })
  const uploaded = await steps.run('upload', (detail) =>
    provider.upload(context, record, packed, { signal, detail }, subject),
  )
  const { id } = await steps.run('register', async (detail) => {
    await provider.prepare(subject, record, { signal, detail })
    const spec = provider.buildSpec(context, subject, record, uploaded)
    return registerImage(session, engine, spec, detail)
  })
  const imported = await writer.update({ state: 'imported', id, step: null })
  // The disk itself stays among this computer's images.
  await rm(folder, { recursive: true, force: true })
  return imported
}
