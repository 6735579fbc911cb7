import type { CloudTraits } from '../cloud-traits.js'
import { awsRefusals } from './refusals.js'
import { awsWords } from './words.js'

export const awsTraits: CloudTraits = {
  registryName: 'aws',
  bucket: 's3',
  machineType: 'aws_instance',
  networks: {
    pattern: /^[^/]+$/,
    expected: 'the id of a VPC or subnet (vpc-…, subnet-…), or the Name tag of a VPC',
    isGlobal: false,
    hasDefault: true,
  },
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions; a machine's `Name` is ours.
  tags: {
    key: /^(?![Aa][Ww][Ss]:)(?!Name$)/,
    expected: 'a key other than Name that does not begin with aws:',
    most: 45,
  },
  zones: (region) => ({ example: `${region}a`, prefix: region, short: /^[a-z]$/ }),
  refusals: awsRefusals,
  words: awsWords,
}
