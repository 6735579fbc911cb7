import { join } from 'node:path'
import type { ImageRecord } from '../../../backend/image-record-schema.js'
import { imageUploadKey } from '../../../backend/keys.js'
import { locationUrl, parseBackendUrl, pathInBucket, type GcsLocation } from '../../../backend/location.js'
import { imageName } from '../../../stacks/google/names.js'
import { googlePacking } from '../../../stacks/google/packing.js'
import { imageId } from '../../../stacks/naming.js'
import { checkGoogleAccount } from './account.js'
import { openCompute } from './client.js'
import { removeAt } from './leftovers.js'
import { removeObject, uploadObject } from './upload.js'
import { LabError } from '../../errors.js'
import { explain } from '../../explain.js'
import { localName, packedFolder } from '../../workspace.js'
import { imageFacts } from '../../images/image-facts.js'
import type { ImageProvider } from '../image-provider.js'
import { Rate } from '../../images/rate.js'
import { named, type ImageSubject } from '../../images/subject.js'

/** An image of the project, made from an archive in a bucket. */
export const googleImages: ImageProvider = {
  packing: googlePacking,
  placedBy: 'bucket',

  async check({ interrupt, progress }) {
    const { principal, project } = await checkGoogleAccount(interrupt.signal)
    progress.say(`Google Cloud project ${project}, as ${principal}`)
  },

  // The images of a project are in all regions.
  locate: () => Promise.resolve(undefined),
  prepare: () => Promise.resolve(),

  plan({ location, space }, subject, place) {
    const bucket = place === undefined ? location : bucketOf(place)
    if (bucket.kind !== 'gcs') throw new LabError({ code: 'import-bucket-needed', ...named(subject) })
    const prefix = pathInBucket(bucket, keyOf(subject, space.backendId))
    const name = nameOf(subject, space.backendId)
    return { name, upload: locationUrl({ ...bucket, prefix }) }
  },

  ownNames: (subject, backendId) => ({
    names: [nameOf(subject, backendId)],
    uploadEnd: `/${keyOf(subject, backendId)}`,
  }),

  async upload({ space, env }, record, { file, bytes, contentType, digest }, { signal, detail }, subject) {
    const rate = new Rate()
    const memory = join(packedFolder(space, localName(subject.image)), 'upload-session')
    const outcome = await uploadObject(
      placeOf(record),
      { file, bytes, contentType, memory, marks: { ...record.tags, digest } },
      { signal, proxied: env.proxied, onProgress: (done) => detail(rate.text(done, bytes)) },
    )
    if (outcome === 'kept') detail(`${record.upload} already has it`)
    return undefined
  },

  buildSpec(context, subject, record) {
    const { bucket, prefix } = placeOf(record)
    return {
      ...imageFacts(context, subject, record),
      provider: 'google',
      family: familyOf(subject),
      bucket,
      object: prefix,
    }
  },

  async removeLeftovers({ env }, record, { signal, detail }) {
    const compute = openCompute(signal)
    const path = `global/images/${record.name}`
    if ((await compute.find(path)) !== undefined) {
      const onRefused = (error: LabError): void => detail(`${path}: ${explain(error).message}`)
      await removeAt(compute, path, { signal, onRefused })
    }
    const isThere = (await compute.find(path)) !== undefined
    const hasObject = await removeObject(placeOf(record), { signal, proxied: env.proxied })
    return [
      ...(isThere ? [`image ${record.name} of the project ${compute.project}`] : []),
      ...(hasObject ? [record.upload] : []),
    ]
  },
}

/** The catalog's own family, where it looks for an image that somebody brought; others are found by the record alone. */
function familyOf({ distro, architecture }: ImageSubject): string | null {
  const image = distro.providers.google?.architectures[architecture]
  return image === undefined || image.project !== undefined ? null : image.family
}

function bucketOf(place: string): GcsLocation {
  const location = parseBackendUrl(place)
  if (location.kind === 'gcs') return location
  const problem = `--bucket: expected gs://BUCKET or gs://BUCKET/PREFIX, got "${place}"`
  throw new LabError({ code: 'usage', problem, command: 'images import' })
}

const nameOf = ({ distro, architecture }: ImageSubject, backendId: string): string =>
  imageName(imageId(backendId, distro.name, architecture))

const keyOf = ({ image }: ImageSubject, backendId: string): string =>
  imageUploadKey(image, `${backendId}-${googlePacking.file}`)

/** The object, as the record names it. */
function placeOf({ upload }: ImageRecord): GcsLocation {
  const location = parseBackendUrl(upload)
  if (location.kind === 'gcs') return location
  throw new TypeError(`${upload} is not a Google Cloud Storage object`)
}
