import type { Distro } from '../../distro-catalog/distro.js'
import type { LocalOffer } from '../../distro-catalog/offer-schema.js'
import type { MachineSize } from '../../distro-catalog/size.js'
import type { StateBackend } from '../../backend/state-backend.js'
import { buildSeed, type SeedInput } from '../cloud-init.js'
import { hostnameOf, machineId, macAddress, PRIVATE_PREFIX, privateMacAddress } from '../naming.js'
import type { ImageSource, MachineSpec } from '../../local-vm/protocol.js'
import type { DriverProgram, LocalLabSpec } from './spec.js'
import { warmWish } from './warm.js'

export interface LocalLabPlan {
  readonly lab: string
  readonly profile: string
  readonly backendId: string
  readonly state: StateBackend
  readonly driver: DriverProgram
  readonly machines: readonly LocalMachinePlan[]
  readonly authorizedKeys: readonly string[]
  /** Absolute path of the image cache. */
  readonly cache: string
  /** Changes when a destroyed lab's name is used again, so that cloud-init sees a new machine. */
  readonly instanceId: string
  /** Every machine boots, although there may be a warm image. */
  readonly isCold?: boolean | undefined
  /** When the machines must be off, as an ISO time in UTC; null: never. */
  readonly expiresAt: string | null
}

export interface LocalMachinePlan {
  readonly name: string
  readonly image: ImageSource
  /** The pinned image; null lets the driver choose the newest. */
  readonly imageId: string | null
  readonly size: MachineSize
  readonly user: string
  readonly shell?: string | undefined
  readonly sshPort: number
  /** Its address in the lab's private network; null or absent if the lab has none. */
  readonly privateAddress?: string | null | undefined
  /** Absolute path of the folder for all of the VM's files. */
  readonly directory: string
}

/** The stack's spec of a local lab; pure. */
export function planLocalLab(plan: LocalLabPlan): LocalLabSpec {
  const { lab, profile, state, driver } = plan
  const machines = plan.machines.map((machine) => {
    const id = machineId(plan.backendId, lab, machine.name)
    const { size } = machine
    const hostname = hostnameOf(lab, machine.name)
    const mac = macAddress(id)
    const input: SeedInput = {
      instanceId: `${id}-${plan.instanceId}`,
      hostname,
      user: machine.user,
      shell: machine.shell,
      authorizedKeys: plan.authorizedKeys,
      macAddress: mac,
      privateCard: privateCardOf(id, machine),
    }
    const vm = {
      id,
      directory: machine.directory,
      cache: plan.cache,
      image: machine.image,
      imageId: machine.imageId,
      hostname,
      vcpus: size.vcpus,
      memoryMiB: size.memoryMiB,
      diskGiB: size.diskGiB,
      sshPort: machine.sshPort,
      macAddress: mac,
      ...networkOf(id, machine),
      seed: buildSeed(input),
      ...(plan.isCold === true ? {} : { warm: warmWish(input, machine.privateAddress) }),
      expiresAt: plan.expiresAt,
    }
    return { name: machine.name, user: machine.user, vm }
  })
  return { provider: 'local', lab, profile, state, driver, machines }
}

function privateCardOf(id: string, { privateAddress }: LocalMachinePlan): SeedInput['privateCard'] {
  if (typeof privateAddress !== 'string') return undefined
  return { macAddress: privateMacAddress(id), address: `${privateAddress}/${PRIVATE_PREFIX}` }
}

/** Nothing without a private network, so that a lab of one machine stays as it is. */
const networkOf = (id: string, { privateAddress }: LocalMachinePlan): Pick<MachineSpec, 'network'> =>
  typeof privateAddress === 'string' ? { network: { macAddress: privateMacAddress(id) } } : {}

/** The computer architectures of VMs, in the catalog's and the distributions' words. */
const MACHINE_NAMES = { x86_64: 'x86_64', arm64: 'aarch64' } as const

/**
 * Where the driver gets a distro's image for this computer; undefined if there is none for its architecture.
 */
export function imageSourceOf(
  distro: Distro,
  offer: LocalOffer,
  nodeArchitecture: string,
): ImageSource | undefined {
  const architecture = nodeArchitecture === 'arm64' ? 'arm64' : 'x86_64'
  const image = offer.architectures[architecture]
  return image && { distro: distro.name, architecture: MACHINE_NAMES[architecture], ...image }
}
