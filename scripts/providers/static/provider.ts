import { isLabName } from '../../../backend/lab-name.js'
import { MAIN_MACHINE } from '../../../backend/machines.js'
import { stateBackend } from '../../../backend/state-backend.js'
import type { ExistingMachine } from '../../../distro-catalog/existing-machine-schema.js'
import type { Profile } from '../../../distro-catalog/profile.js'
import type { MachineSize } from '../../../distro-catalog/size.js'
import { SSH_PORT } from '../../../stacks/add-output.js'
import { machineId } from '../../../stacks/naming.js'
import type { StaticLabSpec } from '../../../stacks/static/spec.js'
import type { Context } from '../../context.js'
import { LabError } from '../../errors.js'
import type { Provider, SizeWish } from '../provider.js'

/** Machines that exist already: a lab reaches them, and makes, changes and removes none. */
export const existing: Provider<StaticLabSpec> = {
  // OpenTofu makes nothing here.
  patience: { quietMs: 60_000, totalMs: 3 * 60_000 },

  resolveSize(_profile, choice) {
    assertNoSize(choice)
    return UNKNOWN
  },

  async place({ settings }, profile) {
    const { machines, distro, provider, name } = profile
    if (machines === undefined)
      throw new LabError({
        code: 'machines-needed',
        profile: name,
        provider: provider.name,
        distro: distro.name,
      })
    assertNoPlace({
      region: settings.region ?? profile.region,
      zone: settings.zone ?? profile.zone,
      network: settings.network ?? profile.network,
      isSpot: settings.spot ?? profile.spot,
    })
    if (settings.sshKey === undefined)
      throw new LabError({ code: 'own-key-needed', profile: name, provider: provider.name })
    return { region: REGION, costPerHourUsd: 0 }
  },

  async planMachines({ space }, lab, wished) {
    return wished.map(({ name, profile }) => {
      const { address, user, port = SSH_PORT, hostKey = null } = existingOf(profile, name)
      return { name, id: machineId(space.backendId, lab, name), address, port, user, hostKey }
    })
  },

  buildSpec: ({ location }: Pick<Context, 'location'>, { lab, profile, machines }) => {
    if (!isLabName(lab)) throw new LabError({ code: 'lab-name-invalid', given: lab })
    return {
      provider: 'static',
      lab,
      profile,
      state: stateBackend(location, lab),
      machines: machines.map(({ name, address, port, user }) => ({
        name,
        address: address ?? '',
        port: port ?? SSH_PORT,
        user,
      })),
    }
  },
}

/** Throws LabError usage. */
function existingOf({ name: profile, machines = [] }: Profile, wanted: string): ExistingMachine {
  const found = machines.find(({ name = MAIN_MACHINE }) => name === wanted)
  const { address, user } = found ?? {}
  if (address === undefined || user === undefined) {
    const known = machines.map(({ name = MAIN_MACHINE }) => name).join(', ')
    const problem = `--machines: expected machines that the profile ${profile} names, which are ${known}; got "${wanted}"`
    throw new LabError({ code: 'usage', problem })
  }
  return { ...found, address, user }
}

const REGION = 'static'

/** No one asks a machine for its size: 0 means that it is unknown. */
const UNKNOWN: MachineSize = { instanceType: 'existing', vcpus: 0, memoryMiB: 0, diskGiB: 0 }

function assertNoSize({ size, instanceType, architecture, diskGiB }: SizeWish): void {
  const given = { '--size': size, '--instance-type': instanceType, '--arch': architecture, '--disk': diskGiB }
  for (const [flag, value] of Object.entries(given))
    if (value !== undefined)
      throw notHere(flag, 'machines that exist already cannot be changed', String(value))
}

interface PlaceWish {
  readonly region: string | undefined
  readonly zone: string | undefined
  readonly network: string | undefined
  readonly isSpot: boolean | undefined
}

function assertNoPlace({ region = REGION, zone, network = 'default', isSpot = false }: PlaceWish): void {
  if (![REGION, 'auto'].includes(region)) throw notHere('--region', `there is only ${REGION}`, region)
  if (zone !== undefined) throw notHere('--zone', 'there are no zones', zone)
  if (network !== 'default') throw notHere('--network', 'machines stay in their own networks', network)
  if (isSpot) throw notHere('--spot', 'machines that exist already are not bought', 'true')
}

const notHere = (flag: string, why: string, got: string): LabError =>
  new LabError({ code: 'usage', problem: `${flag}: ${why}; got "${got}"` })
