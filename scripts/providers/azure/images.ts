import type { ImageRecord } from '../../../backend/image-record-schema.js'
import { listImageRecords } from '../../../backend/image-record.js'
import { imageUploadKey } from '../../../backend/keys.js'
import { imageName, IMAGES_GROUP } from '../../../stacks/azure/names.js'
import { azurePacking } from '../../../stacks/azure/packing.js'
import { hasMarks, imageId } from '../../../stacks/naming.js'
import { checkAzureAccount } from './account.js'
import { blobUrl, parseBlobPlace, type BlobPlace } from './blob-place.js'
import { readImage, removeImage } from './image.js'
import { makeImageGroup, removeEmptyGroup } from './image-group.js'
import { findStorageAccount } from './storage-account.js'
import { removeBlob, uploadPages } from './upload.js'
import { refusable, removeFound } from '../refusable.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import type { StepControl } from '../provider.js'
import { imageFacts } from '../../images/image-facts.js'
import type { ImageProvider } from '../image-provider.js'
import { checkOurs } from '../../images/marks.js'
import { Rate } from '../../images/rate.js'
import { named, type ImageSubject } from '../../images/subject.js'

/** A managed image of the subscription, made from a VHD in a storage account. */
export const azureImages: ImageProvider = {
  packing: azurePacking,
  placedBy: 'bucket',

  async check({ interrupt, progress }) {
    const { identity, subscription } = await checkAzureAccount(interrupt.signal)
    progress.say(`Azure subscription ${subscription}, as ${identity}`)
  },

  plan({ space }, subject, given) {
    assertX86(subject)
    const place = given === undefined ? undefined : parseBlobPlace(given)
    if (place === undefined) {
      const fault = { code: 'import-bucket-needed', ...named(subject) } as const
      throw new LabError(given === undefined ? fault : { ...fault, got: given })
    }
    const key = keyOf(subject, space.backendId)
    const path = place.path === '' ? key : `${place.path}/${key}`
    const name = catalogOf(subject)?.name ?? nameOf(subject, space.backendId)
    return { name, upload: blobUrl({ ...place, path }) }
  },

  // The catalog may have had another name, or none, when the image was brought.
  ownNames: (subject, backendId) => ({
    names: [nameOf(subject, backendId), catalogOf(subject)?.name].filter((name) => name !== undefined),
    uploadEnd: `/${keyOf(subject, backendId)}`,
  }),

  async locate(context, subject, { name, upload }) {
    const { signal } = context.interrupt
    const place = placeOf(upload)
    const account = await findStorageAccount(place.account, signal)
    // Credentials go nowhere but where Azure itself says that the account is.
    if (account?.blobs !== place.blobs)
      throw new LabError({ code: 'import-account-missing', account: place.account, place: place.blobs })
    checkOurs(context, subject, await readImage(pathOf(subject, name), signal))
    return account.region
  },

  async upload(_context, record, { file, bytes, digest }, { signal, detail }) {
    const rate = new Rate()
    const outcome = await uploadPages(
      placeOf(record.upload),
      { file, bytes, marks: { ...record.tags, digest } },
      { signal, onProgress: (done, total) => detail(rate.text(done, total)) },
    )
    if (outcome === 'kept') detail(`${record.upload} already has it`)
    return undefined
  },

  async prepare(subject, { region }, { signal }) {
    await makeImageGroup(groupOf(subject), regionOf(region), signal)
  },

  buildSpec(context, subject, record) {
    return {
      ...imageFacts(context, subject, record),
      provider: 'azure',
      region: regionOf(record.region),
      resourceGroup: groupOf(subject),
      blobUrl: record.upload,
    }
  },

  async removeLeftovers(context, record, step, subject) {
    const left = [
      ...(await removeOwnImage(record, pathOf(subject, record.name), step)),
      ...(await removeDisk(record, step)),
    ]
    return [...left, ...(await removeGroup(context, record, groupOf(subject), step))]
  },
}

const nameOf = ({ distro, architecture }: ImageSubject, backendId: string): string =>
  imageName(imageId(backendId, distro.name, architecture))

const keyOf = ({ image }: ImageSubject, backendId: string): string =>
  imageUploadKey(image, `${backendId}-${azurePacking.file}`)

/** Under that name in the catalog `up` finds an image without any record; others are found by the record alone. */
const catalogOf = ({ distro, architecture }: ImageSubject) =>
  distro.providers.azure?.architectures[architecture]?.source.imported

const groupOf = (subject: ImageSubject): string => catalogOf(subject)?.resourceGroup ?? IMAGES_GROUP

/** Below the subscription. */
const pathOf = (subject: ImageSubject, name: string): string =>
  `/resourceGroups/${groupOf(subject)}/providers/Microsoft.Compute/images/${name}`

/** Managed images don't say for which processor they are, and Azure takes them for x86-64. */
function assertX86(subject: ImageSubject): void {
  if (subject.architecture === 'x86_64') return
  const reason = 'Azure creates machines of that architecture only from gallery images'
  throw new LabError({ code: 'import-unsupported', ...named(subject), reason })
}

/** One that somebody else has made under that name is none of ours. */
async function removeOwnImage(
  record: ImageRecord,
  path: string,
  { signal, detail }: StepControl,
): Promise<readonly string[]> {
  const findOwn = async () => {
    const found = await readImage(path, signal)
    return found !== undefined && hasMarks(found.tags, record.tags) ? [found] : []
  }
  const label = (): string => `image ${record.name} (${path.slice(1)})`
  return removeFound(findOwn, () => removeImage(path, signal), { label, detail })
}

/** With its account the disk is gone too. */
async function removeDisk({ upload }: ImageRecord, { signal }: StepControl): Promise<readonly string[]> {
  const place = placeOf(upload)
  const account = await findStorageAccount(place.account, signal)
  if (account?.blobs !== place.blobs) return []
  return (await removeBlob(place, signal)) ? [upload] : []
}

/** Unless another import of this backend counts on the group, whether anything of it is in there yet or not. */
async function removeGroup(
  context: Context,
  { distro, architecture }: ImageRecord,
  group: string,
  { signal, detail }: StepControl,
): Promise<readonly string[]> {
  const others = (await listImageRecords(await context.store()))
    .filter(({ provider }) => provider === 'azure')
    .filter((other) => other.distro !== distro || other.architecture !== architecture)
  if (others.length > 0) return []
  let isThere = true
  await refusable(`resource group ${group}`, detail, async () => {
    isThere = await removeEmptyGroup(group, signal)
  })
  return isThere ? [`resource group ${group}`] : []
}

/** The blob, as the record names it. */
function placeOf(upload: string): BlobPlace {
  const place = parseBlobPlace(upload)
  if (place === undefined) throw new TypeError(`${upload} is not an Azure blob`)
  return place
}

function regionOf(region: string | undefined): string {
  if (region === undefined) throw new TypeError('an image on azure has a region')
  return region
}
