import { changeAzure, listAzure, readAzure } from './client.js'

const RESOURCES = '2021-04-01'
/** The tag of a group that was made for imported images; only such a group is removed. */
const OURS = { 'distrolab-images': 'group' }

interface Group {
  readonly tags?: Readonly<Record<string, string>>
}

/** Makes the group of imported images unless it exists. Throws LabError like `changeAzure`. */
export async function makeImageGroup(name: string, region: string, signal: AbortSignal): Promise<void> {
  const path = `/resourceGroups/${name}`
  if ((await readAzure<Group>(path, { apiVersion: RESOURCES, signal })) !== undefined) return
  await changeAzure('PUT', path, {
    apiVersion: RESOURCES,
    signal,
    body: { location: region, tags: OURS },
  })
}

/** Removes the group if it was made for images and is empty; true while it still exists. */
export async function removeEmptyGroup(name: string, signal: AbortSignal): Promise<boolean> {
  const path = `/resourceGroups/${name}`
  const ask = { apiVersion: RESOURCES, signal }
  const group = await readAzure<Group>(path, ask)
  if (group?.tags?.['distrolab-images'] !== OURS['distrolab-images']) return false
  if ((await listAzure(`${path}/resources`, ask)).length > 0) return false
  await changeAzure('DELETE', path, ask)
  return (await readAzure<Group>(path, ask)) !== undefined
}
