import type { ImageRecord } from '../../backend/image-record-schema.js'
import { stateBackend } from '../../backend/state-backend.js'
import type { ImportedImageSpec } from '../../stacks/imported-image.js'
import type { Context } from '../context.js'
import { REGISTRY_NAME } from '../providers/cloud.js'
import { firmwareOf } from './source.js'
import type { ImageSubject } from './subject.js'

/** Where whoever looks at it at the provider reads it. */
export const descriptionOf = ({ distro, architecture }: ImageRecord): string =>
  `distrolab: ${distro} ${architecture}`

/** What the stack of an image is made from on whatever provider. */
export const imageFacts = (
  { location, settings }: Context,
  subject: ImageSubject,
  record: ImageRecord,
): ImportedImageSpec => ({
  id: `${record.distro}-${record.architecture}`,
  state: stateBackend(location, subject.image),
  name: record.name,
  tags: record.tags,
  description: `${descriptionOf(record)}, ${record.digest ?? 'not downloaded yet'}`,
  firmware: firmwareOf(subject),
  providerVersion: settings.providerVersions[REGISTRY_NAME[subject.provider]] ?? null,
})
