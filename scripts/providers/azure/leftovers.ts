import { groupName } from '../../../stacks/azure/names.js'
import { hasMarks } from '../../../stacks/naming.js'
import { LabError } from '../../errors.js'
import { changeAzure, listAzure, readAzure } from './client.js'

const RESOURCES = '2021-04-01'

export interface AzureGroup {
  readonly name: string
  readonly region: string
  /** It carries the marks of the lab; else it only has its name, and is left alone with all that is in it. */
  readonly isOurs: boolean
}

interface Group {
  readonly name: string
  readonly location: string
  readonly tags?: Readonly<Record<string, string>>
}

type Tags = Readonly<Record<string, string>>

/**
 * The groups that hold what Azure still has of a lab: that of its name, and any that carry its tags. Neither record nor
 * state is asked. `lab`: as from `labId`. Throws LabError as `readAzure`.
 */
export async function findGroups(lab: string, tags: Tags): Promise<AzureGroup[]> {
  const [[name, value] = ['', '']] = Object.entries(tags)
  const [named, tagged] = await Promise.all([
    readAzure<Group>(`/resourceGroups/${groupName(lab)}`, { apiVersion: RESOURCES }),
    // The filter takes one tag only.
    listAzure<Group>('/resourceGroups', {
      apiVersion: RESOURCES,
      query: { $filter: `tagName eq '${name}' and tagValue eq '${value}'` },
    }),
  ])
  const isOurs = (group: Group): boolean => hasMarks(group.tags, tags)
  const all = [...(named === undefined ? [] : [named]), ...tagged.filter(isOurs)]
  // The case of a group's name is Azure's to choose.
  const byName = new Map(all.map((group) => [group.name.toLowerCase(), group]))
  return [...byName.values()].map((group) => ({
    name: group.name,
    region: group.location,
    isOurs: isOurs(group),
  }))
}

/**
 * Removes the groups that carry a lab's marks with everything in them, machines without shutting them down. Returns what is
 * still there, including a group that only has the lab's name and belongs to someone else. What Azure refuses to remove is
 * told by `onRefused` and is among what is returned. Throws LabError when Azure can't be asked.
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
