import { labName, ruleName } from '../../../stacks/google/names.js'
import { LabError } from '../../errors.js'
import { isAbsent, lastPart, openCompute, type ComputeApi } from './client.js'
import { labelFilter } from './instances.js'

/** In the order in which they can be removed: a network goes when nothing is in it any more. */
const KINDS = ['instance', 'disk', 'firewall', 'subnetwork', 'network'] as const

export interface GoogleThing {
  readonly kind: (typeof KINDS)[number]
  /** Relative to the project: `zones/europe-west1-b/instances/…`. */
  readonly path: string
}

export interface LabAtGoogle {
  /** As from `labId`. */
  readonly id: string
  readonly region: string
  readonly tags: Readonly<Record<string, string>>
}

interface Zonal {
  readonly name: string
  readonly zone?: string
}

/**
 * Everything of a lab that Google still has: by labels what can have some, in whatever zone, and by its names the rest.
 * Neither record nor state is asked.
 */
export async function findThings(
  { id, region, tags }: LabAtGoogle,
  compute = openCompute(),
): Promise<GoogleThing[]> {
  const filter = labelFilter(tags)
  const zonal = async (kind: 'instance' | 'disk'): Promise<GoogleThing[]> =>
    (await compute.list<Zonal>(`${kind}s`, filter)).flatMap(({ name, zone }) =>
      zone === undefined ? [] : [{ kind, path: `zones/${lastPart(zone)}/${kind}s/${name}` }],
    )
  const named = async (kind: GoogleThing['kind'], path: string): Promise<GoogleThing[]> =>
    (await compute.find(path)) === undefined ? [] : [{ kind, path }]
  const found = await Promise.all([
    zonal('instance'),
    zonal('disk'),
    ...RULES.map((rule) => named('firewall', `global/firewalls/${ruleName(id, rule)}`)),
    named('subnetwork', `regions/${region}/subnetworks/${labName(id)}`),
    named('network', `global/networks/${labName(id)}`),
  ])
  return found.flat()
}

/** As the stack declares them. */
const RULES = ['ssh', 'deny']

/**
 * Removes everything of a lab, and returns what is there all the same. What Google refuses to remove is told by `onRefused`
 * and is among what is returned. Throws LabError when Google can't be asked.
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
  if (found.length === 0) return []
  for (const kind of KINDS) {
    await Promise.all(
      found
        .filter((each) => each.kind === kind)
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

/** Removes what is at a path of the project, unless it is gone. What Google refuses to remove is told by `onRefused`. */
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
    // A machine takes its disk along.
    if (!isAbsent(error)) onRefused(error)
  }
}
