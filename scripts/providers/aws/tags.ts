import type { Filter, Tag } from '@aws-sdk/client-ec2'

export type Tags = Readonly<Record<string, string>>

/** Finds things that have all of these tags, which is how everything of a lab or an image is found. */
export const tagFilters = (tags: Tags): Filter[] =>
  Object.entries(tags).map(([name, value]) => ({ Name: `tag:${name}`, Values: [value] }))

export const tagsOf = ({ Tags = [] }: { readonly Tags?: readonly Tag[] | undefined }): Tags =>
  Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]))
