import type { BucketMetadata } from '@google-cloud/storage'
import type { GcsAdmin } from './gcs-admin.js'
import { labsPrefix } from './keys.js'
import { pathInBucket } from './location.js'
import { oldVersionsDays, type Aspect, type AspectName, type Look } from './setup.js'

type LifecycleRule = NonNullable<NonNullable<BucketMetadata['lifecycle']>['rule']>[number]

export function gcsAspects(admin: GcsAdmin): readonly Aspect[] {
  const prefix = pathInBucket(admin.location, labsPrefix)
  return [
    aspect(admin, 'versioning', versioning, () => ({})),
    aspect(admin, 'encryption', encryption, () => ({})),
    aspect(admin, 'uniform access', uniformAccess, () => ({
      iamConfiguration: { uniformBucketLevelAccess: { enabled: true } },
    })),
    aspect(admin, 'public access', publicAccess, () => ({
      iamConfiguration: { publicAccessPrevention: 'enforced' },
    })),
    aspect(
      admin,
      'old versions',
      (found) => oldVersions(found, prefix),
      (found) => ({ lifecycle: { rule: [...(found.lifecycle?.rule ?? []), endingOldVersions(prefix)] } }),
    ),
  ]
}

/** `settings` returns the changes that the bucket needs. */
const aspect = (
  admin: GcsAdmin,
  name: AspectName,
  judge: (found: BucketMetadata) => Look,
  settings: (found: BucketMetadata) => BucketMetadata,
): Aspect => ({
  name,
  look: async () => judge(await admin.metadata()),
  // Versioning is repeated each time, because fake-gcs-server 1.56.1 turns it off in a change that omits it.
  set: async () => admin.change({ versioning: { enabled: true }, ...settings(await admin.metadata()) }),
})

const versioning = ({ versioning: found }: BucketMetadata): Look =>
  found?.enabled === true ? { is: 'right', found: 'on' } : { is: 'wrong', found: 'off' }

/** Cloud Storage encrypts everything; the choice of key is the bucket's own. */
const encryption = ({ encryption: found }: BucketMetadata): Look => ({
  is: 'right',
  found: found?.defaultKmsKeyName ?? "by Google's own key",
})

const uniformAccess = ({ iamConfiguration }: BucketMetadata): Look =>
  iamConfiguration?.uniformBucketLevelAccess?.enabled === true
    ? { is: 'right', found: 'on' }
    : { is: 'wrong', found: 'off' }

function publicAccess({ iamConfiguration }: BucketMetadata): Look {
  const found = iamConfiguration?.publicAccessPrevention
  if (found === 'enforced') return { is: 'right', found: 'blocked' }
  return { is: 'wrong', found: found === undefined ? 'not blocked' : `not blocked (${found})` }
}

/** Any rule that ends our old versions is enough; all others stay. */
function oldVersions({ lifecycle }: BucketMetadata, prefix: string): Look {
  const rule = lifecycle?.rule?.find((one) => ends(one, prefix))
  if (rule === undefined) return { is: 'wrong', found: 'kept forever' }
  return { is: 'right', found: `removed after ${rule.condition.daysSinceNoncurrentTime} days` }
}

const endingOldVersions = (prefix: string): LifecycleRule => ({
  action: { type: 'Delete' },
  condition: { daysSinceNoncurrentTime: oldVersionsDays, matchesPrefix: [prefix] },
})

/** Whether a rule, possibly someone else's, ends the old versions of everything below a prefix. */
function ends({ action, condition }: LifecycleRule, prefix: string): boolean {
  const { daysSinceNoncurrentTime, matchesPrefix, ...narrower } = condition
  const covers = matchesPrefix === undefined || matchesPrefix.some((covered) => prefix.startsWith(covered))
  const isNarrow = Object.keys(narrower).length > 0
  return action.type === 'Delete' && daysSinceNoncurrentTime !== undefined && covers && !isNarrow
}
