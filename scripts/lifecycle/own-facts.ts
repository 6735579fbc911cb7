import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import { fits, forms } from '../../backend/forms.js'
import { LOCAL_ADDRESS } from '../../stacks/local/addresses.js'
import { isSshPort, machineId, SSH_PORTS } from '../../stacks/naming.js'
import type { Context } from '../context.js'
import { LabError } from '../errors.js'
import { knownHostKeys, sshAlias } from '../machine/ssh-config.js'
import { machineFolder } from '../workspace.js'
import { isElsewhere } from './target.js'

type Facts = Pick<AnyLab, 'lab' | 'provider' | 'owner' | 'region' | 'image' | 'machines'>

/** A field of a record that is not what this computer works out by itself. */
export interface Mismatch {
  readonly field: string
  readonly expected: string
  readonly found: string
}

/**
 * The first field in which the record of a local lab of this computer differs from what follows from its name and from
 * this computer: a record is what somebody wrote, and names files, a port and a key that are not to be believed.
 */
export function mismatchOf({ space }: Pick<Context, 'space'>, lab: Facts): Mismatch | undefined {
  if (lab.provider !== 'local' || isElsewhere(lab)) return undefined
  const image = lab.image?.id
  if (image !== undefined && !fits('digest', image))
    return { field: 'image.id', expected: forms.digest.description, found: image }
  for (const machine of lab.machines) {
    const { name, id, address, port, place, hostKey } = machine
    const known = knownHostKeys(space, lab.lab, sshAlias(lab.lab, name))
    const checks: readonly (readonly [field: string, expected: string, found: string, isSame: boolean])[] = [
      same('id', machineId(space.backendId, lab.lab, name), id),
      same('address', LOCAL_ADDRESS, address ?? 'none'),
      ['port', `one from ${SSH_PORTS.first} to ${SSH_PORTS.last}`, String(port ?? 'none'), isSshPort(port)],
      same('place', machineFolder(space, lab.lab, name), place ?? 'none'),
      [
        'hostKey',
        known[0] ?? '',
        hostKey ?? 'none',
        known.length === 0 || hostKey === null || known.includes(hostKey),
      ],
    ]
    const wrong = checks.find(([, , , isSame]) => !isSame)
    if (wrong !== undefined)
      return { field: `machines.${name}.${wrong[0]}`, expected: wrong[1], found: wrong[2] }
  }
  return undefined
}

const same = (field: string, expected: string, found: string) =>
  [field, expected, found, expected === found] as const

/** Throws LabError record-mismatch. */
export function assertOwnFacts(context: Pick<Context, 'space'>, lab: Facts): void {
  const mismatch = mismatchOf(context, lab)
  if (mismatch !== undefined) throw new LabError({ code: 'record-mismatch', lab: lab.lab, ...mismatch })
}

/**
 * The key that a machine must show; null before first contact. What this computer knows of its own machines counts, also
 * where their record says nothing.
 */
export function pinnedHostKey(
  { space }: Pick<Context, 'space'>,
  lab: Facts,
  machine: Machine,
): string | null {
  if (lab.provider !== 'local' || machine.hostKey !== null) return machine.hostKey
  const [known] = knownHostKeys(space, lab.lab, sshAlias(lab.lab, machine.name))
  return known !== undefined && fits('hostKey', known) ? known : null
}
