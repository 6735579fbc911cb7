import type { GoogleImage } from '../../distro-catalog/offer-schema.js'
import type { CloudImage, CloudMachine, CloudSpec } from '../cloud-spec.js'

export interface GoogleLabSpec extends CloudSpec {
  readonly provider: 'google'
  /** Every machine on Google is in a zone. */
  readonly zone: string
  /** The provider finds the project in the environment, if it is set there. */
  readonly project?: string
  readonly machines: readonly GoogleMachine[]
}

export interface GoogleMachine extends CloudMachine {
  readonly image: CloudImage<Omit<GoogleImage, 'secureBoot'>>
  readonly secureBoot: boolean
  readonly diskType: string
  /** A shell script that runs at every boot; null: none. */
  readonly startupScript: string | null
}
