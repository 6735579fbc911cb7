import { DataGoogleComputeImage } from '@cdktf/provider-google/lib/data-google-compute-image/index.js'
import type { TerraformStack } from 'cdktf/lib/terraform-stack.js'
import type { GoogleMachine } from './spec.js'

export interface Image {
  readonly id: string
  /** GiB, or an expression for the engine: the requested size, or what the image needs. */
  readonly diskGiB: number
  /** The attributes of a machine that must not follow a newer image. */
  readonly ignoreChanges: readonly string[]
}

/** A pinned image needs no look-up; its disk was decided together with it. */
export function buildImage(stack: TerraformStack, { image, diskGiB }: GoogleMachine, lookup: string): Image {
  if (image.kind === 'pinned') return { id: image.id, diskGiB, ignoreChanges: [] }
  const { project, family } = image.selector
  const found = new DataGoogleComputeImage(stack, lookup, {
    family,
    ...(project === undefined ? {} : { project }),
  })
  // An expression where the class expects a number: only the engine knows the image's size.
  const size = `\${max(${diskGiB}, ${found.fqn}.disk_size_gb)}` as unknown as number
  return { id: found.selfLink, diskGiB: size, ignoreChanges: ['boot_disk[0].initialize_params'] }
}
