import { MAIN_MACHINE } from '../../backend/machines.js'
import type { Catalog } from '../../distro-catalog/catalog.js'
import { withDistro, type Profile } from '../../distro-catalog/profile.js'
import type { ProfileMachine } from '../../distro-catalog/profile-machine-schema.js'
import type { MachineSize } from '../../distro-catalog/size.js'
import type { Provider } from '../providers/provider.js'
import type { Settings } from '../settings.js'

/** A machine of a new lab, checked against the catalog. */
export interface MachineDraft {
  readonly name: string
  /** The lab's, with the machine's own distro. */
  readonly profile: Profile
  readonly size: MachineSize
}

type Chosen = Pick<Settings, 'machines' | 'size' | 'instanceType' | 'architecture' | 'diskGiB'>

/**
 * The machines of a new lab: those that the settings name, else the profile's, else one. Flags win over what the profile says
 * of a machine, which wins over what it says of all. Throws CatalogError, or LabError usage.
 */
export function draftMachines(
  catalog: Catalog,
  profile: Profile,
  hooks: Pick<Provider, 'resolveSize'>,
  settings: Chosen,
): MachineDraft[] {
  return wishesOf(profile, settings).map(({ name = MAIN_MACHINE, distro, ...wish }) => {
    const own = distro === undefined ? profile : withDistro(catalog, profile, distro)
    // Of a machine's size and its profile's type, the type would win.
    const kind = wish.size === undefined && wish.instanceType === undefined ? profile : wish
    const size = hooks.resolveSize(own, {
      size: settings.size ?? kind.size,
      instanceType: settings.instanceType ?? kind.instanceType,
      architecture: settings.architecture ?? profile.architecture,
      diskGiB: settings.diskGiB ?? wish.disk ?? profile.diskGiB,
    })
    return { name, profile: own, size }
  })
}

/** A machine that is named is what the profile says of a machine of this name. */
function wishesOf({ machines }: Profile, settings: Chosen): readonly ProfileMachine[] {
  const listed = machines ?? [{}]
  if (settings.machines === undefined) return listed
  return settings.machines.map((named) => ({
    ...listed.find(({ name }) => name === named.name),
    ...named,
  }))
}
