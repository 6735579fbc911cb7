import type { AuthorizedKey } from '../../backend/record-schema.js'
import { isCloud } from '../../distro-catalog/cloud.js'
import type { Provider } from '../../distro-catalog/provider.js'
import { LabError } from '../errors.js'
import type { Identity } from '../machine/key.js'
import { rsaBits } from '../machine/public-key.js'

/**
 * Some clouds refuse machines with certain keys, and say so only after other things are made. Throws LabError
 * key-not-taken for the lab's own key, or for a team key that the cloud gets to see.
 */
export function assertKeysTaken(
  provider: Provider,
  own: Identity,
  team: readonly AuthorizedKey[] = [],
): void {
  if (!isCloud(provider) || provider.sshKeys === undefined) return
  const { types, minimumRsaBits = 0, goFor } = provider.sshKeys
  const refused = (publicKey: string): string | undefined => {
    const [type = ''] = publicKey.split(' ')
    if (!types.includes(type)) return type
    const bits = rsaBits(publicKey) ?? minimumRsaBits
    return bits < minimumRsaBits ? `${type} of ${bits} bits` : undefined
  }
  const takes = types.map((type) =>
    type === 'ssh-rsa' && minimumRsaBits > 0 ? `${type} of ${minimumRsaBits} bits` : type,
  )
  const told = { code: 'key-not-taken', provider: provider.name, takes } as const
  const given = refused(own.publicKey)
  if (given !== undefined) throw new LabError({ ...told, key: `--ssh-key ${own.file}`, given })
  for (const { publicKey, from } of goFor === 'all' ? team : []) {
    const of = refused(publicKey)
    if (of !== undefined) throw new LabError({ ...told, key: `authorizedKeys ${from}`, given: of })
  }
}
