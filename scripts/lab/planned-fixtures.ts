import { MAIN_MACHINE } from '../../backend/machines.js'
import type { Fixture } from '../../backend/record-schema.js'
import type { UserFixture } from '../../distro-catalog/fixture-schema.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { findSet } from '../fixtures/sets.js'
import { defaultPlace } from '../fixtures/place.js'

export const DEFAULT_SEED = 1

/**
 * The test files that a new lab of this profile will have in its baseline: the profile's own, then those of its machines.
 * What the profile says of a machine that the lab does not get is left out.
 */
export function fixturesOfProfile(
  { config, settings }: Pick<Context, 'config' | 'settings'>,
  profile: string,
): readonly Fixture[] {
  const { profiles = {} } = config.values
  const { fixtures = [], machines = [] } =
    (Object.hasOwn(profiles, profile) ? profiles[profile] : undefined) ?? {}
  const wanted = (name: string): boolean => settings.machines?.some((named) => named.name === name) ?? true
  const ofMachines = machines.flatMap(({ name: machine = MAIN_MACHINE, fixtures: own = [] }) =>
    wanted(machine) ? own.map((fixture) => ({ ...fixture, machine })) : [],
  )
  return [...fixtures, ...ofMachines].map(
    ({ set, at = defaultPlace(set), seed = DEFAULT_SEED, machine }: UserFixture) => ({
      set,
      at,
      seed,
      ...(machine === undefined ? {} : { machine }),
    }),
  )
}

/** Throws LabError machine-unknown. */
export function assertMachinesExist(
  lab: string,
  fixtures: readonly Fixture[],
  machines: readonly { readonly name: string }[],
): void {
  const known = machines.map(({ name }) => name)
  for (const { machine } of fixtures)
    if (machine !== undefined && !known.includes(machine))
      throw new LabError({ code: 'machine-unknown', lab, given: machine, known })
}

/** Throws LabError fixture-set-unknown or config-invalid. */
export async function assertSetsExist(
  { config }: Pick<Context, 'config'>,
  fixtures: readonly Fixture[],
): Promise<void> {
  for (const { set } of fixtures) await findSet(config, set)
}
