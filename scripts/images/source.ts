import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { resolve } from 'node:path'
import prettyBytes from 'pretty-bytes'
import { CatalogError } from '../../distro-catalog/errors.js'
import { resolveOffer } from '../../distro-catalog/resolve.js'
import { DriverError } from '../../local-vm/errors.js'
import { imageFiles } from '../../local-vm/files.js'
import { inspectDisk } from '../../local-vm/image/disk-header.js'
import type { VendorImage } from '../../local-vm/protocol.js'
import type { SourceDisk } from '../../stacks/packing.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { callDriver, progressText } from '../providers/local/driver.js'
import type { StepControl } from '../providers/provider.js'
import { Rate } from './rate.js'
import { named, type ImageSubject } from './subject.js'

/** Where the disk comes from: as it is published, or a file that the user has. */
export type ImageSource =
  | { readonly kind: 'vendor'; readonly vendor: VendorImage }
  | { readonly kind: 'file'; readonly path: string; readonly digest: string | undefined }

/** What a record says of it. */
export const sourceText = (source: ImageSource): string =>
  source.kind === 'vendor' ? source.vendor.url : source.path

const DIGEST = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

/**
 * What the user named with `--image` and `--checksum`, else the distro's own cloud image as the local provider takes it.
 * Throws LabError import-no-source, import-checksum-needed, import-file-unreadable or usage.
 */
export async function sourceOf(
  subject: ImageSubject,
  given: string | undefined,
  checksum: string | undefined,
): Promise<ImageSource> {
  const digest = checksum?.toLowerCase()
  if (digest !== undefined && !DIGEST.test(digest)) {
    const problem = `--checksum: expected sha256: and 64 hex digits, or sha512: and 128, got "${checksum ?? ''}"`
    throw new LabError({ code: 'usage', problem, command: 'images import' })
  }
  if (given === undefined) return { kind: 'vendor', vendor: officialImage(subject) }
  if (/^https?:\/\//.test(given)) {
    if (digest === undefined) throw new LabError({ code: 'import-checksum-needed', url: given })
    return { kind: 'vendor', vendor: { url: given, digest, firmware: firmwareOf(subject) } }
  }
  const path = resolve(given)
  await access(path, constants.R_OK).catch((error: unknown) => {
    const { message: reason } = error as Error
    throw new LabError({ code: 'import-file-unreadable', path, reason }, { cause: error })
  })
  return { kind: 'file', path, digest }
}

/** Never a built one: those boot without firmware, which no cloud does. */
function officialImage(subject: ImageSubject): VendorImage {
  const vendor = localImageOf(subject)?.vendor
  if (vendor !== undefined) return vendor
  const reason = `the catalog has no download of ${subject.distro.name} for ${subject.architecture}`
  throw new LabError({ code: 'import-no-source', ...named(subject), reason })
}

export const firmwareOf = (subject: ImageSubject): VendorImage['firmware'] =>
  localImageOf(subject)?.vendor?.firmware ?? 'uefi'

function localImageOf({ distro, architecture }: ImageSubject) {
  try {
    return resolveOffer(distro, 'local').architectures[architecture]
  } catch (error) {
    if (error instanceof CatalogError) return undefined
    throw error
  }
}

export interface FetchedDisk extends SourceDisk {
  readonly digest: string
}

/** Brings the disk to this computer and proves it. What was loaded before is not loaded again. */
export async function fetchDisk(
  context: Context,
  subject: ImageSubject,
  source: ImageSource,
  step: StepControl,
): Promise<FetchedDisk> {
  if (source.kind === 'file') return ownFile(source, step)
  const { distro, architecture } = subject
  const rate = new Rate()
  const { image } = await callDriver(
    'image',
    {
      cache: context.space.cache,
      image: {
        distro: distro.name,
        architecture: architecture === 'arm64' ? 'aarch64' : 'x86_64',
        vendor: source.vendor,
      },
      // What is published now, whatever was newest yesterday.
      maxAgeHours: 0,
    },
    {
      signal: step.signal,
      onProgress: (progress) =>
        step.detail(
          progress.phase === 'download' && progress.done !== undefined
            ? `${rate.text(progress.done, progress.total)} of ${progress.message}`
            : progressText(progress, prettyBytes),
        ),
    },
  )
  if (image.kind !== 'vendor') {
    const reason = 'the image on this computer was built here and boots only here'
    throw new LabError({ code: 'import-no-source', ...named(subject), reason })
  }
  return { ...(await inspect(imageFiles(image.directory).disk)), digest: image.id }
}

async function ownFile(
  { path, digest }: Extract<ImageSource, { kind: 'file' }>,
  step: StepControl,
): Promise<FetchedDisk> {
  const disk = await inspect(path)
  const algorithm = digest?.split(':')[0] ?? 'sha256'
  step.detail(`computing the ${algorithm} of ${path}`)
  const hash = createHash(algorithm)
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, signal: step.signal }))
    hash.update(chunk as Buffer)
  const got = `${algorithm}:${hash.digest('hex')}`
  if (digest !== undefined && got !== digest)
    throw new LabError({ code: 'import-file-changed', path, expected: digest, got })
  return { ...disk, digest: got }
}

async function inspect(disk: string): Promise<SourceDisk> {
  try {
    return { disk, ...(await inspectDisk(disk)) }
  } catch (error) {
    if (!(error instanceof DriverError && error.fault.code === 'image-invalid')) throw error
    throw new LabError(
      { code: 'import-file-unreadable', path: disk, reason: error.fault.reason },
      { cause: error },
    )
  }
}
