import { Type, type Static } from '@sinclair/typebox'
import { existingMachineSchema } from './existing-machine-schema.js'
import { machineFixtures } from './fixture-schema.js'
import { MOST_MACHINES } from './most-machines.js'
import { distro, gibibytes, instanceType, size } from './profile-fields-schema.js'
import { setup } from './setup-schema.js'

// The form is that of a record's machine (backend/forms.ts), which this room does not import; a test compares them.
const machineName = Type.String({
  pattern: '^(?:[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?)$',
  maxLength: 40,
  title: 'Name',
  description: 'The name of the machine within its lab, which is also its host name.',
  expected: "a machine's name: 1 to 40 of a-z, 0-9 and -, a letter first",
  examples: ['source', 'target'],
})

/**
 * A machine as a user writes it in a profile: one that the lab makes, or one that exists already. Which fields go together
 * depends on the provider (see `machinesProblems`).
 */
const profileMachineSchema = Type.Object(
  {
    name: Type.Optional(machineName),
    distro: Type.Optional(distro),
    size: Type.Optional(size),
    instanceType: Type.Optional(instanceType),
    disk: Type.Optional(gibibytes),
    setup: Type.Optional(setup),
    fixtures: Type.Optional(machineFixtures),
    ...Type.Partial(existingMachineSchema).properties,
  },
  {
    additionalProperties: false,
    title: 'A machine',
    description:
      'A machine that the lab makes, or, for the provider `static`, one that exists already. What is left out of a machine that is made is as in the profile.',
    expected:
      '{name, distro?, size?, instanceType?, disk?, setup?, fixtures?}, or for static {address, user, port?, hostKey?, name?, fixtures?}',
  },
)

export const profileMachines = Type.Array(profileMachineSchema, {
  minItems: 1,
  maxItems: MOST_MACHINES,
  title: 'Machines',
  description:
    'The machines of a lab, each with its own name. Without it, a lab has one machine, called `main`. For the provider `static` it is required and gives the address of each machine.',
  expected: 'a list of machines: [{name: source}, {name: target, distro: rocky-9}]',
  examples: [
    [{ name: 'source' }, { name: 'target', distro: 'rocky-9' }],
    [{ address: 'rack7.example.org', user: 'anna' }],
  ],
})

export type ProfileMachine = Static<typeof profileMachineSchema>
