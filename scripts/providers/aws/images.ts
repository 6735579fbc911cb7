import { join } from 'node:path'
import { loadRegions } from '../../../distro-catalog/load.js'
import { findRegion } from '../../../distro-catalog/rank-regions.js'
import { imageName } from '../../../stacks/aws/names.js'
import { awsPacking } from '../../../stacks/aws/packing.js'
import { imageId } from '../../../stacks/naming.js'
import { checkAwsAccount } from './account.js'
import { findOwnImage, removeOwnImages } from './own-image.js'
import { removeSnapshots } from './snapshots.js'
import { snapshotUrl, uploadSnapshot, type SnapshotPlace } from './upload.js'
import { LabError } from '../../errors.js'
import { localName, packedFolder } from '../../workspace.js'
import { descriptionOf, imageFacts } from '../../images/image-facts.js'
import type { ImageProvider } from '../image-provider.js'
import { checkOurs } from '../../images/marks.js'
import { Rate } from '../../images/rate.js'
import { named, type ImageSubject } from '../../images/subject.js'

/** An image of the account in one region, made from a snapshot that is written there. */
export const awsImages: ImageProvider = {
  packing: awsPacking,
  placedBy: 'region',

  async check({ interrupt, progress }) {
    const { arn, account } = await checkAwsAccount(interrupt.signal)
    progress.say(`AWS account ${account}, as ${arn}`)
  },

  plan({ space }, subject, region) {
    if (region === undefined) throw new LabError({ code: 'import-region-needed', ...named(subject) })
    const name = nameOf(subject, space.backendId)
    return { name, upload: snapshotUrl({ region, name }) }
  },

  ownNames(subject, backendId) {
    const name = nameOf(subject, backendId)
    return { names: [name], uploadEnd: `/${name}` }
  },

  async locate(context, subject, { name, upload }) {
    const { region } = placeOf(upload)
    findRegion(await loadRegions('aws'), region)
    const taken = await findOwnImage(region, name, context.interrupt.signal)
    checkOurs(context, subject, taken, region)
    return region
  },

  async upload({ space }, record, { file, digest }, { signal, detail }, subject) {
    const rate = new Rate()
    const memory = join(packedFolder(space, localName(subject.image)), 'snapshot')
    const description = descriptionOf(record)
    const { id, outcome } = await uploadSnapshot(
      placeOf(record.upload),
      { file, digest, description, memory, gib: record.diskGiB ?? 1, tags: record.tags },
      { signal, onProgress: (done, total) => detail(rate.text(done, total)) },
    )
    if (outcome === 'kept') detail(`${record.upload} already has it`)
    return id
  },

  prepare: () => Promise.resolve(),

  buildSpec(context, subject, record, uploaded) {
    return {
      ...imageFacts(context, subject, record),
      provider: 'aws',
      region: placeOf(record.upload).region,
      architecture: subject.architecture,
      snapshotId: uploaded ?? null,
      diskGiB: record.diskGiB ?? 1,
    }
  },

  async removeLeftovers(_context, record, step) {
    const { region } = placeOf(record.upload)
    // A snapshot that an image is made of does not go.
    const images = await removeOwnImages(region, record.tags, step)
    const snapshots = await removeSnapshots(region, record.tags, step)
    return [...images, ...snapshots]
  },
}

const nameOf = ({ distro, architecture }: ImageSubject, backendId: string): string =>
  imageName(imageId(backendId, distro.name, architecture))

/** The snapshot, as the record names it. */
function placeOf(upload: string): SnapshotPlace {
  const [, region, name] = /^ebs:\/\/([^/]+)\/(.+)$/.exec(upload) ?? []
  if (region !== undefined && name !== undefined) return { region, name }
  throw new TypeError(`${upload} is not an AWS snapshot`)
}
