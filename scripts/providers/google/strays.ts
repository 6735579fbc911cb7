import { RULES, ruleName } from '../../../stacks/google/names.js'
import type { StateObject } from '../../engine/state-objects.js'
import type { Stray } from '../provider.js'
import { openCompute } from './client.js'
import { findThings, type GoogleThing, type LabAtGoogle } from './leftovers.js'

/**
 * Things that carry a lab's marks and are not among the objects of its state. A disk belongs to its machine,
 * and no state names it. `machines`: their names by the names of their instances. Throws LabError if Google
 * cannot be asked.
 */
export async function findStrays(
  lab: LabAtGoogle,
  machines: ReadonlyMap<string, string>,
  objects: readonly StateObject[],
  signal: AbortSignal,
): Promise<readonly Stray[]> {
  const compute = openCompute(signal)
  // `projects/P/zones/Z/instances/I`, with any prefix.
  const isKnown = ({ path }: GoogleThing): boolean =>
    objects.some(({ id }) => id === path || id.endsWith(`/${path}`))
  const things = (await findThings(lab, compute)).filter((thing) => thing.isOurs && !isKnown(thing))
  return things.flatMap(({ kind, path }) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const machine = kind === 'instance' ? machines.get(name) : undefined
    const address =
      kind === 'instance' ? machine && `google_compute_instance.${machine}` : addressOf(lab, kind, name)
    if (address === undefined) return []
    return [{ what: path, address, importId: `projects/${compute.project}/${path}`, machine }]
  })
}

/** How the stack declares a lab's single things; no state names a disk. */
function addressOf(
  { id }: LabAtGoogle,
  kind: Exclude<GoogleThing['kind'], 'instance'>,
  name: string,
): string | undefined {
  if (kind === 'network') return 'google_compute_network.lab_network'
  if (kind === 'subnetwork') return 'google_compute_subnetwork.lab_subnet'
  const rule = RULES.find((each) => ruleName(id, each) === name)
  return rule === undefined ? undefined : `google_compute_firewall.${RULE_RESOURCES[rule]}`
}

const RULE_RESOURCES = {
  ssh: 'lab_access',
  deny: 'lab_deny',
  members: 'lab_members',
} as const satisfies Record<(typeof RULES)[number], string>
