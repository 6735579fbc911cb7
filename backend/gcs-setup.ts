import { BackendError } from './errors.js'
import { GcsAdmin } from './gcs-admin.js'
import { gcsAspects } from './gcs-aspects.js'
import { statusOf } from './gcs-errors.js'
import type { GcsLocation } from './location.js'
import type { SetupOptions } from './setup-options.js'
import type { Aspect, Setup, Visibility } from './setup.js'
import { unlessForbidden } from './unless-forbidden.js'

const LOOK_RIGHT = 'storage.buckets.get'

/** A Cloud Storage bucket. A new one belongs to the project of the environment or the credentials. */
export class GcsSetup implements Setup {
  readonly aspects: readonly Aspect[]
  readonly isTrusted: boolean
  readonly #admin: GcsAdmin

  constructor(
    private readonly location: GcsLocation,
    private readonly options: SetupOptions = {},
  ) {
    this.#admin = new GcsAdmin(location, options.patience)
    this.isTrusted = location.endpoint === undefined
    this.aspects = gcsAspects(this.#admin)
  }

  async make(): Promise<'made' | 'found'> {
    return (await this.#isThere()) ? 'found' : this.#create()
  }

  async visibility(): Promise<Visibility> {
    const untold: string[] = []
    const metadata = await unlessForbidden(untold, () => this.#admin.metadata())
    const { publicAccessPrevention, uniformBucketLevelAccess } = metadata?.iamConfiguration ?? {}
    const byPolicy = await unlessForbidden(untold, () => this.#publicBindings())
    if (byPolicy === 'unsupported') untold.push('IAM policy')
    // Where access is uniform there are no ACLs, and asking for them is an error.
    const isUniform = metadata === undefined || uniformBucketLevelAccess?.enabled === true
    const byAcl = isUniform ? [] : await unlessForbidden(untold, () => this.#publicAcls())
    const found = [...(Array.isArray(byPolicy) ? byPolicy : []), ...(byAcl ?? [])]
    const isBlocked = publicAccessPrevention === 'enforced'
    return { open: isBlocked ? [] : found, blocked: isBlocked ? found : [], untold: [...new Set(untold)] }
  }

  /** The service account of the credentials; people's login credentials carry no name. */
  async identity(): Promise<string | undefined> {
    if (this.location.endpoint?.startsWith('http:') === true) return undefined
    try {
      return (await this.#admin.storage.authClient.getCredentials()).client_email
    } catch {
      // The bucket let us in, so these are credentials of a kind without a name.
      return undefined
    }
  }

  async #publicBindings(): Promise<string[] | 'unsupported'> {
    return this.#admin.ask('read', 'storage.buckets.getIamPolicy', async (bucket) => {
      try {
        const [{ bindings }] = await bucket.iam.getPolicy({ requestedPolicyVersion: 3 })
        return bindings.flatMap(({ role, members }) =>
          members.filter(isEverybody).map((member) => `${role} for ${member}`),
        )
      } catch (error) {
        // fake-gcs-server 1.56.1 has no such page.
        if (statusOf(error) === 404) return 'unsupported'
        throw error
      }
    })
  }

  async #publicAcls(): Promise<string[]> {
    const [found] = await this.#admin.ask('read', 'storage.buckets.getIamPolicy', (bucket) =>
      bucket.acl.get(),
    )
    const entries = Array.isArray(found) ? found : [found]
    return entries.flatMap(({ entity, role }) => (isEverybody(entity) ? [`ACL (${role} for ${entity})`] : []))
  }

  async #isThere(): Promise<boolean> {
    try {
      return await this.#admin.ask('read', LOOK_RIGHT, async (bucket) => {
        const [isThere] = await bucket.exists()
        return isThere
      })
    } catch (error) {
      const isForbidden = error instanceof BackendError && error.fault.code === 'store-forbidden'
      throw isForbidden ? this.#taken(error) : error
    }
  }

  /** Closed from the moment it exists. */
  async #create(): Promise<'made' | 'found'> {
    const { bucket: name } = this.location
    const { gcsLocation } = this.options
    await this.#assertProject()
    const isNew = await this.#admin.ask('write', 'storage.buckets.create', async () => {
      try {
        await this.#admin.storage.createBucket(name, {
          ...(gcsLocation === undefined ? {} : { location: gcsLocation }),
          iamConfiguration: {
            uniformBucketLevelAccess: { enabled: true },
            publicAccessPrevention: 'enforced',
          },
        })
        return true
      } catch (error) {
        if (statusOf(error) === 409) return false
        throw error
      }
    })
    if (isNew) return 'made'
    if (await this.#isThere()) return 'found'
    throw this.#taken()
  }

  async #assertProject(): Promise<void> {
    try {
      await this.#admin.storage.getProjectId()
    } catch (error) {
      const { bucket } = this.location
      throw new BackendError({ code: 'store-project-unknown', bucket }, { cause: error })
    }
  }

  #taken(cause?: unknown): BackendError {
    const { bucket } = this.location
    return new BackendError({ code: 'store-taken', bucket, permission: LOOK_RIGHT }, { cause })
  }
}

const isEverybody = (member: string): boolean => ['allUsers', 'allAuthenticatedUsers'].includes(member)
