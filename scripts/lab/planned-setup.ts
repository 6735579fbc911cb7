import type { LabRecord } from '../../backend/record-schema.js'
import type { Distro } from '../../distro-catalog/distro.js'
import type { UserSetup } from '../../distro-catalog/setup-schema.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { digestOf, loadSetup, readSetupFile, type MachineSetup } from '../machine-setup/load.js'
import { sourceOf, type PlannedSetup } from './setup-source.js'

type Recorded = LabRecord['setup']
type Named = readonly { readonly name: string }[]

/**
 * The setup that the command line names, else that of the first of `profiles` that has one, as it is now. Undefined if there is
 * none. Throws LabError config-invalid.
 */
export async function findSetup(
  { settings, config }: Pick<Context, 'settings' | 'config'>,
  profiles: readonly string[],
  machines: Named,
): Promise<PlannedSetup | undefined> {
  if (settings.setup !== undefined) {
    const given = await readSetupFile(settings.setup)
    return planned(machines, () => given, undefined)
  }
  const { profiles: known = {} } = config.values
  for (const name of profiles) {
    const profile = Object.hasOwn(known, name) ? known[name] : undefined
    const setupOf = (machine: string): UserSetup | undefined =>
      profile?.machines?.find((each) => each.name === machine)?.setup ?? profile?.setup
    const found = await planned(machines, setupOf, name)
    if (found !== undefined) return found
  }
  return undefined
}

async function planned(
  machines: Named,
  setupOf: (machine: string) => UserSetup | undefined,
  profile: string | undefined,
): Promise<PlannedSetup | undefined> {
  const found = new Map<string, MachineSetup>()
  for (const { name } of machines) {
    const setup = setupOf(name)
    if (setup !== undefined) found.set(name, await loadSetup(setup))
  }
  return found.size === 0 ? undefined : { digest: digestOf(found), machines: found, profile }
}

/** The setup of a lab that is there, as it is on this computer now; of one that is not here, only what the record says. */
export async function findSetupOf(
  context: Pick<Context, 'settings' | 'config'>,
  { setup: recorded, profile, machines }: Pick<LabRecord, 'setup' | 'profile' | 'machines'>,
  asked: readonly string[] = [],
): Promise<PlannedSetup | undefined> {
  const profiles = [...asked, ...(recorded?.profile === undefined ? [] : [recorded.profile]), profile]
  const found = await findSetup(context, profiles, machines)
  if (found !== undefined || recorded === undefined) return found
  return { digest: recorded.digest, machines: undefined, profile: recorded.profile }
}

/** Throws LabError setup-no-packages. */
export function assertInstallable(setup: MachineSetup | undefined, { name, packageManager }: Distro): void {
  if (setup === undefined || setup.packages.length === 0 || packageManager !== undefined) return
  throw new LabError({ code: 'setup-no-packages', distro: name })
}

/** In the record's form. */
export const recordedSetup = (
  setup: PlannedSetup | undefined,
): { readonly setup?: NonNullable<Recorded> } => {
  if (setup === undefined) return {}
  const { digest, profile } = setup
  return { setup: { digest, ...(profile === undefined ? {} : { profile }) } }
}

/** Throws LabError setup-missing, before anything is changed. */
export function assertSetupHere(lab: string, setup: PlannedSetup | undefined): void {
  if (setup === undefined || setup.machines !== undefined) return
  throw new LabError({ code: 'setup-missing', lab, profile: setup.profile ?? null })
}

/** Its baseline is what the lab was made with, and nothing else. Throws LabError setup-missing or setup-changed. */
export function assertSetupOfLab(
  { lab, distro, setup: recorded }: Pick<LabRecord, 'lab' | 'distro' | 'setup'>,
  setup: PlannedSetup | undefined,
): void {
  assertSetupHere(lab, setup)
  if (setup?.digest === recorded?.digest) return
  throw new LabError({ code: 'setup-changed', lab, distro, from: sourceOf(setup) })
}
