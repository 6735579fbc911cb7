import type { ExistingMachine } from './existing-machine-schema.js'
import type { ProfileMachine } from './profile-machine-schema.js'
import { isExistingName } from './provider-names.js'

interface ProfileMachines {
  readonly provider: string
  readonly machines?: readonly ProfileMachine[]
}

export interface MachinesProblem {
  /** Below the profile, such as `machines.0.address`. */
  readonly field: string
  readonly expected: string
  readonly got: string
}

/** What no schema can express about the machines of a profile: it depends on who makes them. */
export function machinesProblems({ provider, machines }: ProfileMachines): MachinesProblem[] {
  const isExisting = isExistingName(provider)
  if (machines === undefined) {
    const expected = `the machines of ${provider}: [{address, user, port?, hostKey?}]`
    return isExisting ? [{ field: 'machines', expected, got: 'nothing' }] : []
  }
  const wrong = isExisting ? ofExisting(provider) : ofMade(provider)
  return [
    ...machines.flatMap((machine, index) => wrong(machine, index, machines.length)),
    ...repeated(machines),
  ]
}

type Check = (machine: ProfileMachine, index: number, count: number) => MachinesProblem[]

const MADE = ['distro', 'size', 'instanceType', 'disk', 'setup'] as const
const EXISTING = ['address', 'user', 'port', 'hostKey'] as const satisfies readonly (keyof ExistingMachine)[]

const ofMade =
  (provider: string): Check =>
  (machine, index) => [
    ...missing(machine, index, ['name']),
    ...unexpected(machine, index, EXISTING, `none: distrolab makes the machines of ${provider}`),
  ]

/** The only machine needs no name. */
const ofExisting =
  (provider: string): Check =>
  (machine, index, count) => [
    ...missing(machine, index, count > 1 ? ['address', 'user', 'name'] : ['address', 'user']),
    ...unexpected(machine, index, MADE, `none: the machines of ${provider} are as they are`),
  ]

const EXPECTED = {
  name: "the machine's name, such as target",
  address: "the machine's address, such as rack7.example.org",
  user: 'the login name of its user, such as anna',
} as const

const missing = (
  machine: ProfileMachine,
  index: number,
  fields: readonly (keyof typeof EXPECTED)[],
): MachinesProblem[] =>
  fields
    .filter((field) => machine[field] === undefined)
    .map((field) => ({ field: `machines.${index}.${field}`, expected: EXPECTED[field], got: 'nothing' }))

const unexpected = (
  machine: ProfileMachine,
  index: number,
  fields: readonly (keyof ProfileMachine)[],
  expected: string,
): MachinesProblem[] =>
  fields
    .filter((field) => machine[field] !== undefined)
    .map((field) => ({
      field: `machines.${index}.${field}`,
      expected,
      got: JSON.stringify(machine[field]),
    }))

function repeated(machines: readonly ProfileMachine[]): MachinesProblem[] {
  const names = machines.map(({ name }) => name)
  return names.flatMap((name, index) =>
    name === undefined || names.indexOf(name) === index
      ? []
      : [{ field: `machines.${index}.name`, expected: 'a name that no other machine has', got: `"${name}"` }],
  )
}
