import { DeleteSnapshotCommand, DescribeSnapshotsCommand, type Snapshot } from '@aws-sdk/client-ec2'
import { removeFound } from '../refusable.js'
import { withEc2 } from './client.js'
import { tagFilters, tagsOf, type Tags } from './tags.js'

export interface AwsSnapshot {
  readonly id: string
  /** `pending` while it is written or completed, then `completed` or `error`. */
  readonly state: string
  /** The reason of an `error`. */
  readonly reason: string
  readonly tags: Tags
}

/** The account's snapshots that have all these tags, in any state. Throws LabError like `withEc2`. */
export async function findSnapshots(region: string, tags: Tags, signal: AbortSignal): Promise<AwsSnapshot[]> {
  return withEc2(region, async (client) => {
    const found: Snapshot[] = []
    let NextToken: string | undefined
    do {
      const asked = { OwnerIds: ['self'], Filters: tagFilters(tags) }
      const page = await client.send(
        new DescribeSnapshotsCommand({ ...asked, ...(NextToken === undefined ? {} : { NextToken }) }),
        { abortSignal: signal },
      )
      found.push(...(page.Snapshots ?? []))
      NextToken = page.NextToken
    } while (NextToken !== undefined && NextToken !== '')
    return found.map(described)
  })
}

const described = (snapshot: Snapshot): AwsSnapshot => ({
  id: snapshot.SnapshotId ?? '',
  state: snapshot.State ?? '',
  reason: snapshot.StateMessage ?? '',
  tags: tagsOf(snapshot),
})

export const removeSnapshot = (region: string, SnapshotId: string, signal: AbortSignal): Promise<unknown> =>
  withEc2(region, (client) => client.send(new DeleteSnapshotCommand({ SnapshotId }), { abortSignal: signal }))

/** Removes the snapshots with these tags and returns what is left; `detail` reports what AWS refuses. */
export const removeSnapshots = (
  region: string,
  tags: Tags,
  { signal, detail }: { readonly signal: AbortSignal; readonly detail: (text: string) => void },
): Promise<readonly string[]> =>
  removeFound(
    () => findSnapshots(region, tags, signal),
    ({ id }) => removeSnapshot(region, id, signal),
    { label: ({ id }) => `snapshot ${id} in ${region}`, detail },
  )
