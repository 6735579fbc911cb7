import type { BackendLocation } from '../../backend/location.js'
import type { Policy } from '../../backend/policies.js'
import type { Settled, Visibility } from '../../backend/setup.js'

export interface InitResult {
  readonly url: string
  readonly kind: BackendLocation['kind']
  readonly place: 'made' | 'found'
  /** Whether this run changed anything. */
  readonly changed: boolean
  readonly settings: readonly Settled[]
  /** Whether everyone can read there now; null if the answers were incomplete. */
  readonly public: boolean | null
  readonly visibility: Visibility
  readonly policies: readonly Policy[]
}
