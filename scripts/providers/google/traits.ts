import type { CloudTraits } from '../cloud-traits.js'
import { googleRefusals } from './refusals.js'
import { googleWords } from './words.js'

export const googleTraits: CloudTraits = {
  registryName: 'google',
  bucket: 'gcs',
  machineType: 'google_compute_instance',
  networks: {
    pattern: /^[a-z](?:[a-z0-9-]*[a-z0-9])?(?:\/[a-z](?:[a-z0-9-]*[a-z0-9])?)?$/,
    expected: 'NETWORK or NETWORK/SUBNETWORK',
    isGlobal: true,
    hasDefault: true,
  },
  // https://cloud.google.com/compute/docs/labeling-resources#restrictions
  tags: {
    key: /^[a-z][a-z0-9_-]{0,62}$/,
    value: /^[a-z0-9_-]{0,63}$/,
    expected: 'a label: a key and a value of at most 63 of a-z, 0-9, _ and -, a letter first in the key',
    most: 60,
  },
  zones: (region) => ({ example: `${region}-b`, prefix: `${region}-`, short: /^[a-z]$/ }),
  refusals: googleRefusals,
  words: googleWords,
}
