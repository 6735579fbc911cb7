import type { ImageSource, Seed, WarmNames, WarmRequest, WarmWish } from '../../local-vm/protocol.js'
import type { MachineSize } from '../../distro-catalog/size.js'
import { buildSeed, type SeedInput } from '../cloud-init.js'
import { PRIVATE_PREFIX } from '../naming.js'

/** What stands for a machine's own names in a warm image. The address is in the private network, and of no machine. */
const NAMES: WarmNames = {
  instanceId: 'warm-distrolab-instance',
  hostname: 'warm-distrolab-host',
  // Of digits alone: every YAML writer quotes them, so they can be replaced by any other.
  macAddress: '52:54:00:77:00:01',
  privateMacAddress: '52:54:00:77:00:02',
  privateAddress: '198.19.77.254',
}

/** Lets the machine with this seed be a clone. */
export function warmWish(input: SeedInput, privateAddress: string | null | undefined): WarmWish {
  const { instanceId, user, authorizedKeys } = input
  const wish = { seed: warmSeed(input), names: NAMES, instanceId, user, authorizedKeys: [...authorizedKeys] }
  return typeof privateAddress === 'string' ? { ...wish, privateAddress } : wish
}

/** A machine without a lab, in as far as a warm image depends on it. */
export interface WarmMachine extends Pick<SeedInput, 'user' | 'shell'> {
  readonly image: ImageSource
  readonly imageId?: string | null | undefined
  readonly size: MachineSize
  readonly hasNetwork: boolean
}

/** `cache`: absolute path of the image cache. */
export function warmRequestOf(cache: string, machine: WarmMachine): WarmRequest {
  const { image, imageId = null, size, user, shell, hasNetwork } = machine
  const { vcpus, memoryMiB, diskGiB } = size
  const { instanceId, hostname, macAddress } = NAMES
  const privateCard = hasNetwork ? { macAddress, address: '' } : undefined
  const seed = warmSeed({ instanceId, hostname, user, shell, authorizedKeys: [], macAddress, privateCard })
  const like = { image, imageId, vcpus, memoryMiB, diskGiB, seed, names: NAMES, hasNetwork }
  return { cache, ...like, isPatient: false }
}

/** What a machine has in common with others: everything that is only its own has a name of NAMES, and no one has access. */
function warmSeed(input: SeedInput): Seed {
  const { instanceId, hostname, macAddress, privateMacAddress, privateAddress } = NAMES
  const privateCard = { macAddress: privateMacAddress, address: `${privateAddress}/${PRIVATE_PREFIX}` }
  return buildSeed({
    ...input,
    instanceId,
    hostname,
    authorizedKeys: [],
    macAddress,
    privateCard: input.privateCard === undefined ? undefined : privateCard,
  })
}
