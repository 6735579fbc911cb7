import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buildSeed } from '../../../stacks/cloud-init.js'
import type { ImageSource, MachineSpec } from '../../../local-vm/protocol.js'

const NO_IMAGE: ImageSource = {
  distro: 'debian-13',
  architecture: 'x86_64',
  build: { tool: 'mmdebstrap', suite: 'trixie', mirror: 'http://deb.debian.org/debian' },
}

/** A number in base 60 to YAML 1.1, as one address in eighty is: the card comes up only if cloud-init reads a text. */
const MAC_ADDRESS = '52:54:00:12:34:56'
const seed = buildSeed({
  instanceId: 'lab-1',
  hostname: 'lab',
  macAddress: MAC_ADDRESS,
  user: 'lab',
  authorizedKeys: [],
})

/** A machine whose files all lie below `home`. */
export function machineSpec(home: string, sshPort: number, image: ImageSource = NO_IMAGE): MachineSpec {
  return {
    id: 'distrolab-0a1b2c3d-lab-main',
    directory: join(home, 'machines', 'lab', 'main'),
    cache: join(home, 'cache'),
    image,
    imageId: null,
    hostname: 'lab',
    vcpus: 2,
    memoryMiB: 1024,
    diskGiB: 8,
    sshPort,
    macAddress: MAC_ADDRESS,
    seed: { ...seed, userData: '#cloud-config\n' },
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
