import type { CloudName } from '../../distro-catalog/provider-names.js'
import { awsTraits } from './aws/traits.js'
import { azureTraits } from './azure/traits.js'
import type { CloudTraits } from './cloud-traits.js'
import { googleTraits } from './google/traits.js'

export const clouds: Readonly<Record<CloudName, CloudTraits>> = {
  aws: awsTraits,
  azure: azureTraits,
  google: googleTraits,
}

/** By the name of a provider in a record. */
export const isCloudName = (name: string): name is CloudName => Object.hasOwn(clouds, name)

/** The cloud that has such resources: `aws_ami` → aws; undefined for things outside clouds. */
export const cloudOfResource = (type: string): CloudName | undefined =>
  Object.keys(clouds)
    .filter(isCloudName)
    .find((name) => type.startsWith(`${clouds[name].registryName}_`))

/** The words of the cloud whose buckets are of this kind. */
export const wordsOfBucket = (kind: CloudTraits['bucket']): CloudTraits['words'] | undefined =>
  Object.values(clouds).find(({ bucket }) => bucket === kind)?.words

/** The words of a provider in a record; undefined if it is not a cloud that this version knows. */
export const wordsOf = (name: string): CloudTraits['words'] | undefined =>
  isCloudName(name) ? clouds[name].words : undefined
