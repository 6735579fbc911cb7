import type { GoogleMachine } from '../../../stacks/google/spec.js'
import { LabError } from '../../errors.js'
import { openCompute, type ComputeApi } from './client.js'

export interface GoogleMachineImage {
  /** `projects/debian-cloud/global/images/debian-13-…`. */
  readonly id: string
  readonly name: string
  /** The smallest root disk it needs. */
  readonly diskGiB: number
  /** ISO 8601, in UTC, if Google tells. */
  readonly createdAt: string | undefined
}

export type GoogleImageSelector = Extract<GoogleMachine['image'], { readonly kind: 'newest' }>['selector']

interface Image {
  readonly name: string
  readonly diskSizeGb?: string
  readonly creationTimestamp?: string
}

/** The newest image of a family that is not deprecated, according to Google; undefined if there is none. */
export async function findNewestImage(
  { project, family }: GoogleImageSelector,
  compute: ComputeApi = openCompute(),
): Promise<GoogleMachineImage | undefined> {
  const owner = project ?? compute.project
  const image = await compute.findAnywhere<Image>(`projects/${owner}/global/images/family/${family}`)
  return image === undefined ? undefined : described(`projects/${owner}/global/images/${image.name}`, image)
}

/** The image that a lab is pinned to. Throws LabError cloud-image-gone. */
export async function findImage(id: string): Promise<GoogleMachineImage> {
  // Plain OpenTofu files contain it as a URL.
  const path = id.slice(id.indexOf('projects/'))
  const image = await openCompute().findAnywhere<Image>(path)
  if (image === undefined) throw new LabError({ code: 'cloud-image-gone', provider: 'google', reason: id })
  return described(id, image)
}

const described = (
  id: string,
  { name, diskSizeGb = '10', creationTimestamp: time }: Image,
): GoogleMachineImage => ({
  id,
  name,
  diskGiB: Number(diskSizeGb),
  // Google gives it in California time, where the day may differ.
  createdAt: time === undefined ? undefined : new Date(time).toISOString(),
})
