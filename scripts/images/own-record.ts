import { placeId, type BackendLocation } from '../../backend/location.js'
import type { ImageRecord } from '../../backend/image-record-schema.js'
import { imageTags } from '../../stacks/naming.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { imageProviderOf } from '../providers/registry.js'
import type { ImageSubject } from './subject.js'

/**
 * An image's record names what is uploaded, made and removed. All of that must have this backend's names and
 * marks for the image, or the older ones from before ids existed. Throws LabError record-mismatch.
 */
export async function assertOwnImage(
  { space, location }: Context,
  subject: ImageSubject,
  record: ImageRecord,
): Promise<void> {
  const { distro, architecture } = subject
  const wrong = (field: string, expected: string, found: string): LabError =>
    new LabError({ code: 'record-mismatch', lab: subject.image, field, expected, found })
  const marked = record.tags['distrolab-backend'] ?? 'none'
  const backendId = marked === placeId(location) ? marked : space.backendId
  for (const [tag, value] of Object.entries(imageTags(backendId, distro.name, architecture)))
    if (record.tags[tag] !== value) throw wrong(`tags.${tag}`, value, record.tags[tag] ?? 'none')
  const { names, uploadEnd } = (await imageProviderOf(subject)).ownNames(subject, backendId)
  if (!names.includes(record.name)) throw wrong('name', names.join(' or '), record.name)
  const [place = '', query = ''] = record.upload.split('?')
  if (!place.endsWith(uploadEnd)) throw wrong('upload', `what ends in ${uploadEnd}`, record.upload)
  const endpoint = new URLSearchParams(query).get('endpoint')
  if (endpoint !== null && !isTrusted(endpoint, location))
    throw wrong('upload', "Google's own endpoint, or the backend's", record.upload)
}

/**
 * Credentials are sent there, so it must be Google, this backend's place, or an emulator on this computer.
 */
function isTrusted(endpoint: string, location: BackendLocation): boolean {
  if (!URL.canParse(endpoint)) return false
  if (location.kind !== 'directory' && location.endpoint === endpoint) return true
  const { hostname, protocol } = new URL(endpoint)
  return hostname === '127.0.0.1' || (protocol === 'https:' && hostname.endsWith('.googleapis.com'))
}
