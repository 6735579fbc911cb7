import type { AnyLab } from '../../backend/lab.js'
import type { Machine } from '../../backend/record-schema.js'
import { fits, forms } from '../../backend/forms.js'
import {
  isPrivateAddress,
  isSshPort,
  LOCAL_ADDRESS,
  machineId,
  PRIVATE_ADDRESSES,
  SSH_PORTS,
} from '../../stacks/naming.js'
import { spaceOf, type Context } from '../context.js'
import { LabError } from '../errors.js'
import { knownHostKeys, sshAlias } from '../machine/ssh-config.js'
import { runsHere } from '../providers/registry.js'
import { machineFolder } from '../workspace.js'
import type { Mismatch } from './mismatch.js'
import { isElsewhere } from './target.js'

type Facts = Pick<AnyLab, 'lab' | 'incarnation' | 'provider' | 'owner' | 'region' | 'image' | 'machines'>
type Place = Pick<Context, 'space' | 'location'>

type Check = readonly [field: string, expected: string, found: string, isSame: boolean]

/**
 * The first field in which a lab's record differs from what follows from its name and, if its machines are
 * here, from this computer. Someone else may have written the record, so the files, the port and the key in
 * it are not believed.
 */
export function mismatchOf(context: Place, lab: Facts): Mismatch | undefined {
  const isHere = runsHere(lab.provider) && !isElsewhere(context, lab)
  const image = lab.image?.id
  if (isHere && image !== undefined && !fits('digest', image))
    return { field: 'image.id', expected: forms.digest.description, found: image }
  const { backendId } = spaceOf(context, lab)
  for (const machine of lab.machines) {
    const { name, id } = machine
    const checks = [
      same('id', machineId(backendId, lab.lab, name), id),
      ...(isHere ? checksHere(context, lab, machine) : []),
    ]
    const wrong = checks.find(([, , , isSame]) => !isSame)
    if (wrong !== undefined)
      return { field: `machines.${name}.${wrong[0]}`, expected: wrong[1], found: wrong[2] }
  }
  return undefined
}

function checksHere(context: Place, lab: Facts, machine: Machine): readonly Check[] {
  const { name, address, privateAddress, port, place, hostKey, image } = machine
  const space = spaceOf(context, lab)
  const known = knownHostKeys(space, lab.lab, sshAlias(lab.lab, name))
  const isKnown = known.length === 0 || hostKey === null || known.includes(hostKey)
  return [
    same('address', LOCAL_ADDRESS, address ?? 'none'),
    [
      'privateAddress',
      `one from ${PRIVATE_ADDRESSES.first} to ${PRIVATE_ADDRESSES.last}`,
      privateAddress ?? 'none',
      typeof privateAddress !== 'string' || isPrivateAddress(privateAddress),
    ],
    ['port', `one from ${SSH_PORTS.first} to ${SSH_PORTS.last}`, String(port ?? 'none'), isSshPort(port)],
    same('place', machineFolder(space, lab.lab, name), place ?? 'none'),
    ['image.id', forms.digest.description, image?.id ?? '', image === null || fits('digest', image.id)],
    ['hostKey', known[0] ?? '', hostKey ?? 'none', isKnown],
  ]
}

const same = (field: string, expected: string, found: string): Check => [
  field,
  expected,
  found,
  expected === found,
]

/** Throws LabError record-mismatch. */
export function assertOwnFacts(context: Place, lab: Facts): void {
  const mismatch = mismatchOf(context, lab)
  if (mismatch !== undefined) throw new LabError({ code: 'record-mismatch', lab: lab.lab, ...mismatch })
}

/**
 * The key that a machine must show; null before first contact. For this computer's own machines its own
 * knowledge counts, even if their record says nothing.
 */
export function pinnedHostKey(context: Place, lab: Facts, machine: Machine): string | null {
  if (!runsHere(lab.provider) || machine.hostKey !== null) return machine.hostKey
  const [known] = knownHostKeys(spaceOf(context, lab), lab.lab, sshAlias(lab.lab, machine.name))
  return known !== undefined && fits('hostKey', known) ? known : null
}
