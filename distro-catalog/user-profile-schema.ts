import { Type, type Static } from '@sinclair/typebox'
import { cloudNames, computerNames, existingNames } from './provider-names.js'
import { fixtures } from './fixture-schema.js'
import { existingMachines } from './existing-machine-schema.js'
import { architectures } from './offer-schema.js'
import { text, word } from './setting-schema.js'

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

const distro = text({
  title: 'Distro',
  description: 'A distro of the catalog, or the bare name of a family for its default release.',
  expected: 'a distro, such as debian or debian-13',
  examples: ['debian', 'debian-13'],
})

const provider = text({
  title: 'Provider',
  description: 'Where its labs run: `local` is this computer, `static` means machines that exist already.',
  expected: 'a provider, such as local',
  examples: [...computerNames, ...cloudNames, ...existingNames],
})

const arch = word(architectures, {
  title: 'Architecture',
  description:
    "The architecture of the machines. Without it, on clouds that of `instanceType` or else `x86_64`. Local labs accept only this computer's own.",
  expected: `one of ${architectures.join(', ')}`,
})

const zone = text({
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

/** A named profile as users write it in `distrolab.yaml`. */
export const userProfileSchema = Type.Object(
  {
    distro,
    provider,
    size: Type.Optional(size),
    instanceType: Type.Optional(instanceType),
    arch: Type.Optional(arch),
    region: Type.Optional(region),
    zone: Type.Optional(zone),
    network: Type.Optional(network),
    disk: Type.Optional(gibibytes),
    spot: Type.Optional(isSpot),
    machines: Type.Optional(existingMachines),
    fixtures: Type.Optional(fixtures),
  },
  {
    additionalProperties: false,
    title: 'A profile',
    description: 'What a lab of this profile consists of.',
  },
)
export type UserProfile = Static<typeof userProfileSchema>
