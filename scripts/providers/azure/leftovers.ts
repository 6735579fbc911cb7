import { groupName } from '../../../stacks/azure/names.js'
import { hasMarks } from '../../../stacks/naming.js'
import { LabError } from '../../errors.js'
import { changeAzure, listAzure, readAzure } from './client.js'

const RESOURCES = '2021-04-01'

export interface AzureGroup {
  readonly name: string
  readonly region: string
  /**
   * True if it carries the lab's marks; otherwise it only has its name, and is left alone with everything in
   * it.
   */
  readonly isOurs: boolean
}

interface Group {
  readonly name: string
  readonly location: string
  readonly tags?: Readonly<Record<string, string>>
}

type Tags = Readonly<Record<string, string>>

/**
 * The groups that hold what Azure still has of a lab: the one with its name, and any with its tags. Asks
 * neither the record nor the state. `lab`: as from `labId`. Throws LabError like `readAzure`.
 */
export async function findGroups(lab: string, tags: Tags): Promise<AzureGroup[]> {
  const [[name, value] = ['', '']] = Object.entries(tags)
  const [named, tagged] = await Promise.all([
    readAzure<Group>(`/resourceGroups/${groupName(lab)}`, { apiVersion: RESOURCES }),
    // The filter accepts only one tag.
    listAzure<Group>('/resourceGroups', {
      apiVersion: RESOURCES,
      query: { $filter: `tagName eq '${name}' and tagValue eq '${value}'` },
    }),
  ])
  const isOurs = (group: Group): boolean => hasMarks(group.tags, tags)
  const all = [...(named === undefined ? [] : [named]), ...tagged.filter(isOurs)]
  // Azure may change the case of a group's name.
  const byName = new Map(all.map((group) => [group.name.toLowerCase(), group]))
  return [...byName.values()].map((group) => ({
    name: group.name,
    region: group.location,
    isOurs: isOurs(group),
  }))
}

/**
 * Removes the groups that carry a lab's marks with everything in them, without shutting machines down first.
 * Returns what still exists, including a group that only has the lab's name and belongs to someone else.
 * `onRefused` reports what Azure refuses to remove, which is also returned. Throws LabError if Azure cannot
 * be asked.
 */
export async function removeGroups(
  lab: string,
  tags: Tags,
  options: { readonly signal: AbortSignal; readonly onRefused: (group: AzureGroup, error: LabError) => void },
): Promise<readonly AzureGroup[]> {
  const found = await findGroups(lab, tags)
  const ours = found.filter(({ isOurs }) => isOurs)
  if (ours.length === 0) return found
  for (const group of ours) {
    try {
      await changeAzure('DELETE', `/resourceGroups/${group.name}`, {
        apiVersion: RESOURCES,
        signal: options.signal,
        query: { forceDeletionTypes: 'Microsoft.Compute/virtualMachines' },
      })
    } catch (error) {
      options.signal.throwIfAborted()
      if (!(error instanceof LabError)) throw error
      options.onRefused(group, error)
    }
  }
  return findGroups(lab, tags)
}
