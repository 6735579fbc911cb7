import { Type } from '@sinclair/typebox'
import { architectures } from './offer-schema.js'
import { cloudNames, computerNames, existingNames } from './provider-names.js'
import { text, word } from './setting-schema.js'

// The fields of a profile; some of them are also fields of each of its machines, or settings.

export const gibibytes = Type.Integer({
  minimum: 1,
  maximum: 65_536,
  title: 'Root disk',
  description: "The root disk of each machine, in GiB. Without it, the size's own.",
  expected: "a machine's root disk in GiB, such as 40",
  examples: [40],
})

export const isSpot = Type.Boolean({
  title: 'Spot machines',
  description: 'On clouds: use cheaper machines that the cloud may reclaim at any time.',
  expected: 'true or false: cheaper machines that the cloud may reclaim',
  default: false,
  examples: [true],
})

export const size = text({
  title: 'Size',
  description:
    "A size of the provider: `small`, `lab`, `large`, and on clouds `xl`. Without it, the provider's own default, `lab`.",
  expected: 'a size of the provider, such as lab',
  examples: ['small', 'lab', 'large'],
})

export const instanceType = text({
  title: 'Instance type',
  description: "The provider's own name of a machine type; for local labs vCPUs x MiB. It wins over `size`.",
  expected: 'an instance type, such as 4x8192',
  examples: ['4x8192', 't3.large'],
})

export const region = text({
  title: 'Region',
  description: '`auto` picks the best region of the cloud; a name picks that region.',
  expected: 'auto, or a region of the provider',
  examples: ['auto', 'eu-west-1'],
})

export const distro = text({
  title: 'Distro',
  description: 'A distro of the catalog, or the bare name of a family for its default release.',
  expected: 'a distro, such as debian or debian-13',
  examples: ['debian', 'debian-13'],
})

export const provider = text({
  title: 'Provider',
  description: 'Where its labs run: `local` is this computer, `static` means machines that exist already.',
  expected: 'a provider, such as local',
  examples: [...computerNames, ...cloudNames, ...existingNames],
})

export const arch = word(architectures, {
  title: 'Architecture',
  description:
    "The architecture of the machines. Without it, on clouds that of `instanceType` or else `x86_64`. Local labs accept only this computer's own.",
  expected: `one of ${architectures.join(', ')}`,
})

export const zone = text({
  title: 'Zone',
  description: 'On clouds: a zone of the region, by its full name or its ending.',
  expected: 'a zone of the region, such as b',
  examples: ['b'],
})

export const network = text({
  title: 'Network',
  description:
    "On clouds: `default` for the account's default network (what applies without the key; Azure has none), `own` for a network of the lab's own, or a network of yours. AWS: the id of a VPC or subnet, or the Name tag of a VPC. Google: NETWORK or NETWORK/SUBNETWORK. Azure: GROUP/NETWORK or GROUP/NETWORK/SUBNET.",
  expected: 'own, default, or a network of yours, such as vpc-0a1b2c3d, prod/machines or GROUP/NETWORK',
  examples: ['own', 'vpc-0a1b2c3d4e5f60718', 'prod/machines'],
})

// The form is that of a record (backend/forms.ts), which this room does not import; a test compares them.
export const mesh = Type.String({
  pattern:
    '^(?:full|none|[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?->[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?(?:,[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?->[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?)*)$',
  maxLength: 16_384,
  title: 'Keys between machines',
  description:
    'Which of several machines may log in on which others with a key of their own: `full`, `none`, or pairs such as `source->target`.',
  expected: 'full, none, or pairs of machines such as source->target,target->source',
  default: 'full',
  examples: ['full', 'none', 'source->target'],
})
