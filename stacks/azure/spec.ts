import type { CloudImage, CloudMachine, CloudSpec } from '../cloud-spec.js'

export interface AzureLabSpec extends CloudSpec {
  readonly provider: 'azure'
  readonly machines: readonly AzureMachine[]
}

export interface AzureMachine extends CloudMachine {
  readonly image: CloudImage<AzureImageSelector>
  /** The Marketplace plan of a free image; null: no plan. */
  readonly plan: AzurePlan | null
  /** Trusted launch: secure boot and a virtual TPM. */
  readonly secureBoot: boolean
}

export interface AzurePlan {
  readonly name: string
  readonly product: string
  readonly publisher: string
}

export type AzureImageSelector =
  | {
      readonly from: 'marketplace'
      readonly publisher: string
      readonly offer: string
      readonly sku: string
    }
  | { readonly from: 'gallery'; readonly name: string; readonly image: string }
  | { readonly from: 'imported'; readonly resourceGroup: string; readonly name: string }
