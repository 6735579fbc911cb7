import { cloudYaml } from './cloud-yaml.js'

/** NoCloud's three documents (https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html). */
export interface Seed {
  readonly metaData: string
  readonly userData: string
  readonly networkConfig: string
}

export interface SeedInput {
  /** A new id makes cloud-init run its first-boot modules again. */
  readonly instanceId: string
  readonly hostname: string
  readonly user: string
  /** Absolute path of the login shell; /bin/bash if absent. */
  readonly shell?: string | undefined
  /** Lines in authorized_keys form. */
  readonly authorizedKeys: readonly string[]
  readonly macAddress: string
  /** The card in the lab's private network, with its address and the length of the network's prefix. */
  readonly privateCard?: { readonly macAddress: string; readonly address: string } | undefined
}

/**
 * A user with the lab's keys and password-less sudo, ed25519 host keys only (RSA keys take seconds to make
 * without KVM), no password logins. The network card is matched by MAC and never renamed: on some releases
 * the rename fails and the boot waits for a network that is already there.
 */
export function buildSeed(input: SeedInput): Seed {
  const userData = {
    users: [
      {
        name: input.user,
        sudo: 'ALL=(ALL) NOPASSWD:ALL',
        shell: input.shell ?? '/bin/bash',
        lock_passwd: true,
        ssh_authorized_keys: [...input.authorizedKeys],
      },
    ],
    ssh_pwauth: false,
    disable_root: true,
    ssh_genkeytypes: ['ed25519'],
    manage_etc_hosts: true,
    package_update: false,
  }
  const networkConfig = {
    version: 2,
    ethernets: {
      lab: { match: { macaddress: input.macAddress }, dhcp4: true, optional: true },
      ...privateCard(input),
    },
  }
  return {
    metaData: cloudYaml({ 'instance-id': input.instanceId, 'local-hostname': input.hostname }),
    userData: `#cloud-config\n${cloudYaml(userData)}`,
    networkConfig: cloudYaml(networkConfig),
  }
}

/** No gateway and no name server: everything else is reached through the first card. */
function privateCard({ privateCard: card }: SeedInput): object {
  if (card === undefined) return {}
  const match = { macaddress: card.macAddress }
  return { private: { match, dhcp4: false, addresses: [card.address], optional: true } }
}
