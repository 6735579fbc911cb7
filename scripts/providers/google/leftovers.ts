import { labelValue, labName, ruleName, RULES } from '../../../stacks/google/names.js'
import { LabError } from '../../errors.js'
import { isAbsent, lastPart, openCompute, type ComputeApi } from './client.js'
import { labelFilter } from './instances.js'

/** In the order in which they can be removed: a network goes when nothing is in it any more. */
const KINDS = ['instance', 'disk', 'firewall', 'subnetwork', 'network'] as const

export interface GoogleThing {
  readonly kind: (typeof KINDS)[number]
  /** Relative to the project: `zones/europe-west1-b/instances/…`. */
  readonly path: string
  /** True if it carries the lab's marks; otherwise it only has one of its names, and is left alone. */
  readonly isOurs: boolean
}

export interface LabAtGoogle {
  /** As from `labId`. */
  readonly id: string
  readonly region: string
  readonly tags: Readonly<Record<string, string>>
  /** The names of its machines. */
  readonly machines: readonly string[]
}

interface Zonal {
  readonly name: string
  readonly zone?: string
  readonly labels?: Readonly<Record<string, string>>
}

/**
 * Everything of a lab that Google still has: things with labels by label and name, in any zone, and the rest
 * by name, with the owner in its description. Asks neither the record nor the state.
 */
export async function findThings(
  { id, region, tags, machines }: LabAtGoogle,
  compute = openCompute(),
): Promise<GoogleThing[]> {
  // Several conditions need parentheses (https://cloud.google.com/compute/docs/reference/rest/v1/instances/list, filter).
  const byName = machines.map((name) => `(name = "${name}")`).join(' OR ')
  const zonal = async (kind: 'instance' | 'disk', filter: string): Promise<GoogleThing[]> =>
    (await compute.list<Zonal>(`${kind}s`, filter)).flatMap(({ name, zone, labels = {} }) =>
      zone === undefined
        ? []
        : [{ kind, path: `zones/${lastPart(zone)}/${kind}s/${name}`, isOurs: isLabelled(labels, tags) }],
    )
  const named = async (kind: GoogleThing['kind'], path: string): Promise<GoogleThing[]> => {
    const found = await compute.find<{ readonly description?: string }>(path)
    return found === undefined ? [] : [{ kind, path, isOurs: isDescribed(found.description, tags) }]
  }
  const found = await Promise.all([
    zonal('instance', labelFilter(tags)),
    zonal('disk', labelFilter(tags)),
    ...(byName === '' ? [] : [zonal('instance', byName), zonal('disk', byName)]),
    ...RULES.map((rule) => named('firewall', `global/firewalls/${ruleName(id, rule)}`)),
    named('subnetwork', `regions/${region}/subnetworks/${labName(id)}`),
    named('network', `global/networks/${labName(id)}`),
  ])
  return [...new Map(found.flat().map((thing) => [thing.path, thing])).values()]
}

type Marks = LabAtGoogle['tags']

const isLabelled = (labels: Marks, marks: Marks): boolean =>
  Object.entries(marks).every(([key, value]) => labels[key] === labelValue(value))

/** The stack's description of things without labels: `key=value key=value`. */
function isDescribed(description = '', marks: Marks): boolean {
  const words = description.split(' ')
  return Object.entries(marks).every(([key, value]) => words.includes(`${key}=${value}`))
}

/**
 * Removes everything that carries the lab's marks. Returns what still exists, including other people's things
 * that only have its names. `onRefused` reports what Google refuses to remove, which is also returned. Throws
 * LabError if Google cannot be asked.
 */
export async function removeThings(
  lab: LabAtGoogle,
  options: {
    readonly signal: AbortSignal
    readonly onRefused: (thing: GoogleThing, error: LabError) => void
  },
): Promise<readonly GoogleThing[]> {
  const compute = openCompute(options.signal)
  const found = await findThings(lab, compute)
  if (!found.some(({ isOurs }) => isOurs)) return found
  for (const kind of KINDS) {
    await Promise.all(
      found
        .filter((each) => each.isOurs && each.kind === kind)
        .map((each) =>
          removeAt(compute, each.path, {
            signal: options.signal,
            onRefused: (error) => options.onRefused(each, error),
          }),
        ),
    )
  }
  return findThings(lab, compute)
}

/**
 * Removes what is at a path of the project, unless it is gone. `onRefused` reports what Google refuses to
 * remove.
 */
export async function removeAt(
  compute: ComputeApi,
  path: string,
  { signal, onRefused }: { readonly signal: AbortSignal; readonly onRefused: (error: LabError) => void },
): Promise<void> {
  try {
    await compute.change('DELETE', path)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LabError)) throw error
    // A machine's disk is removed with it.
    if (!isAbsent(error)) onRefused(error)
  }
}
