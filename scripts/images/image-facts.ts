import type { ImageRecord } from '../../backend/image-record-schema.js'
import { stateBackend } from '../../backend/state-backend.js'
import type { ImportedImageSpec } from '../../stacks/image-spec.js'
import type { Context } from '../context.js'
import { clouds } from '../providers/clouds.js'
import { firmwareOf } from './source.js'
import type { ImageSubject } from './subject.js'

/** Where people who look at the image at the provider can read it. */
export const descriptionOf = ({ distro, architecture }: ImageRecord): string =>
  `distrolab: ${distro} ${architecture}`

/** The input of an image's stack at any provider. */
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
  providerVersion: settings.providerVersions[clouds[subject.provider].registryName] ?? null,
})
