import { DeregisterImageCommand, DescribeImagesCommand, type Filter } from '@aws-sdk/client-ec2'
import { removeFound } from '../refusable.js'
import { withEc2 } from './client.js'
import { tagFilters, tagsOf, type Tags } from './tags.js'

export interface OwnImage {
  readonly id: string
  readonly tags: Tags
}

/** The account's image of that name; a region has at most one. Throws LabError like `withEc2`. */
export const findOwnImage = async (
  region: string,
  name: string,
  signal: AbortSignal,
): Promise<OwnImage | undefined> => (await findOwn(region, [{ Name: 'name', Values: [name] }], signal))[0]

/**
 * Removes the account's images with these tags and returns what is left; `detail` reports what AWS refuses.
 */
export const removeOwnImages = (
  region: string,
  tags: Tags,
  { signal, detail }: { readonly signal: AbortSignal; readonly detail: (text: string) => void },
): Promise<readonly string[]> =>
  removeFound(
    () => findOwn(region, tagFilters(tags), signal),
    ({ id }) => removeOwnImage(region, id, signal),
    { label: ({ id }) => `image ${id} in ${region}`, detail },
  )

const removeOwnImage = (region: string, ImageId: string, signal: AbortSignal): Promise<unknown> =>
  withEc2(region, (client) => client.send(new DeregisterImageCommand({ ImageId }), { abortSignal: signal }))

/** Including disabled images. */
async function findOwn(region: string, Filters: Filter[], signal: AbortSignal): Promise<OwnImage[]> {
  const { Images = [] } = await withEc2(region, (client) =>
    client.send(new DescribeImagesCommand({ Owners: ['self'], Filters, IncludeDisabled: true }), {
      abortSignal: signal,
    }),
  )
  return Images.map((image) => ({ id: image.ImageId ?? '', tags: tagsOf(image) }))
}
